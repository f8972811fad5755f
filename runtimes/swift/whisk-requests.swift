// What actions call the platform with. It is compiled together with an action that does, as a file of its module.
import Dispatch
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension Whisk {
  // MARK: - Waiting for the answer

  class func invoke(actionNamed action: String, withParameters params: [String: Any], blocking: Bool = true) -> [String: Any] {
    answer { try await invoke(actionNamed: action, withParameters: params, blocking: blocking) }
  }

  class func trigger(eventNamed event: String, withParameters params: [String: Any]) -> [String: Any] {
    answer { try await trigger(eventNamed: event, withParameters: params) }
  }

  class func createTrigger(triggerNamed trigger: String, withParameters params: [String: Any]) -> [String: Any] {
    answer { try await createTrigger(triggerNamed: trigger, withParameters: params) }
  }

  class func createRule(
    ruleNamed rule: String, withTrigger trigger: String, andAction action: String
  ) -> [String: Any] {
    answer { try await createRule(ruleNamed: rule, withTrigger: trigger, andAction: action) }
  }

  // MARK: - As async functions

  static func invoke(
    actionNamed action: String, withParameters params: [String: Any], blocking: Bool = true
  ) async throws -> Data {
    try await send("POST", "actions", action, query: "?blocking=\(blocking)", params)
  }

  static func trigger(eventNamed event: String, withParameters params: [String: Any]) async throws -> Data {
    try await send("POST", "triggers", event, query: "", params)
  }

  static func createTrigger(triggerNamed trigger: String, withParameters params: [String: Any]) async throws -> Data {
    try await send("PUT", "triggers", trigger, query: "", params)
  }

  static func createRule(
    ruleNamed rule: String, withTrigger trigger: String, andAction action: String
  ) async throws -> Data {
    try await send("PUT", "rules", rule, query: "", ["trigger": trigger, "action": action])
  }

  // MARK: - Requests

  private static func send(
    _ method: String, _ collection: String, _ name: String, query: String, _ body: [String: Any]
  ) async throws -> Data {
    let request = try request(method, collection, name, query, body)
    return try await withCheckedThrowingContinuation { continuation in
      URLSession.shared.dataTask(with: request) { data, _, error in
        if let data, error == nil {
          continuation.resume(returning: data)
        } else {
          continuation.resume(throwing: error ?? WhiskError.noData)
        }
      }.resume()
    }
  }

  private static func request(
    _ method: String, _ collection: String, _ name: String, _ query: String, _ body: [String: Any]
  ) throws -> URLRequest {
    let (namespace, local) = qualified(name)
    let path = "/api/v1/namespaces/\(namespace)/\(collection)/\(local)\(query)"
    guard let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) else {
      throw WhiskError.invalidURIPath
    }
    guard let baseUrl, let url = URL(string: baseUrl + escaped) else { throw WhiskError.invalidURL }
    guard let key = apiKey ?? ProcessInfo.processInfo.environment["__OW_API_KEY"] else { throw WhiskError.invalidLogin }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.setValue("Basic \(Data(key.utf8).base64EncodedString())", forHTTPHeaderField: "Authorization")
    request.httpBody = try JSONSerialization.data(withJSONObject: body)
    return request
  }

  /// `/namespace/name`, `/namespace/package/name`, `package/name` and `name`.
  private static func qualified(_ name: String) -> (namespace: String, local: String) {
    guard name.hasPrefix("/") else { return ("_", name) }
    let parts = name.dropFirst().split(separator: "/", maxSplits: 1).map(String.init)
    return parts.count == 2 ? (parts[0], parts[1]) : ("_", parts.first ?? "")
  }

  private final class Answer: @unchecked Sendable {
    var body: [String: Any] = [:]
  }

  private struct Call: @unchecked Sendable {
    let run: () async throws -> Data
  }

  /// Blocks the thread that it is called on.
  private static func answer(_ run: @escaping () async throws -> Data) -> [String: Any] {
    let answer = Answer()
    let done = DispatchSemaphore(value: 0)
    let call = Call(run: run)
    Task.detached {
      do {
        let parsed = try JSONSerialization.jsonObject(with: try await call.run())
        answer.body = parsed as? [String: Any] ?? WhiskError.jsonIsNotDictionary.body
      } catch let error as WhiskError {
        answer.body = error.body
      } catch {
        answer.body = ["error": error.localizedDescription]
      }
      done.signal()
    }
    done.wait()
    return answer.body
  }
}

enum WhiskError: LocalizedError {
  case invalidURIPath, invalidURL, invalidLogin, jsonIsNotDictionary, noData

  var errorDescription: String? {
    switch self {
    case .invalidURIPath: "The name cannot be part of an address"
    case .invalidURL: "Invalid URL"
    case .invalidLogin: "Invalid __OW_API_KEY"
    case .jsonIsNotDictionary: "response from server is not a dictionary"
    case .noData: "The platform did not answer"
    }
  }

  var body: [String: Any] { ["error": errorDescription ?? ""] }
}
