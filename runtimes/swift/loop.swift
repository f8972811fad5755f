// Speaks the action loop for a function: a line of JSON in on descriptor 0, a line out on descriptor 3. It is compiled
// together with an action, as a file of its module; the action's file ends with a call of one of the functions `serve`.
import Dispatch
@preconcurrency import Foundation

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#endif

enum MeringueLoop {
  /// Texts are those of upstream's.
  private enum Failure {
    static let callback = "Action handler callback returned an error:"
    static let nothing = "Action handler callback did not return response or error."
    static let decoding = "JSONDecoder failed to decode JSON string"
    static let encoding = "JSONEncoder failed to encode Codable type to JSON string:"
    static let noJson = "Error serializing JSON, data does not appear to be valid JSON"
    static let thrown = "Failed to execute action handler with error:"
  }

  /// What Swift can't know to be safe to hand to a task. Only one run is under way at a time.
  private struct Carried<Content>: @unchecked Sendable {
    let content: Content
  }

  // MARK: - What an action may be

  static func serve(_ action: @escaping (Any) async throws -> Any) -> Never {
    run { value in
      do {
        let result = try await action(value)
        guard JSONSerialization.isValidJSONObject(result) else { return failure(Failure.noJson) }
        return try JSONSerialization.data(withJSONObject: result, options: [.withoutEscapingSlashes])
      } catch {
        return failure(Failure.thrown, error)
      }
    }
  }

  static func serve<In: Decodable, Out: Encodable>(_ action: @escaping (In) async throws -> Out?) -> Never {
    run { value in await decoded(value) { input in await encoded { try await action(input) } } }
  }

  static func serve<Out: Encodable>(_ action: @escaping () async throws -> Out?) -> Never {
    run { _ in await encoded { try await action() } }
  }

  static func serve<In: Decodable, Out: Encodable>(
    _ action: @escaping (In, @escaping (Out?, Error?) -> Void) -> Void
  ) -> Never {
    run { value in
      await decoded(value) { input in
        await encoded { try await answered { action(input, $0) } }
      }
    }
  }

  static func serve<Out: Encodable>(_ action: @escaping (@escaping (Out?, Error?) -> Void) -> Void) -> Never {
    run { _ in await encoded { try await answered { action($0) } } }
  }

  // MARK: - Values

  private static func decoded<In: Decodable>(_ value: Any, _ call: (In) async -> Data) async -> Data {
    guard let json = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed]) else {
      return failure(Failure.noJson)
    }
    do {
      return await call(try Whisk.jsonDecoder.decode(In.self, from: json))
    } catch {
      let text = String(decoding: json, as: UTF8.self)
      return failure("\(Failure.decoding) \(text) to Codable type:", error)
    }
  }

  private static func encoded<Out: Encodable>(_ call: () async throws -> Out?) async -> Data {
    let result: Out?
    do {
      result = try await call()
    } catch {
      return failure(Failure.callback, error)
    }
    guard let result else { return failure(Failure.nothing) }
    do {
      return try Whisk.jsonEncoder.encode(result)
    } catch {
      return failure(Failure.encoding, error)
    }
  }

  /// What a function hands to its callback. Of several answers the first counts.
  private static func answered<Out>(_ call: (@escaping (Out?, Error?) -> Void) -> Void) async throws -> Out? {
    let once = Once()
    let carried: Carried<Out?> = try await withCheckedThrowingContinuation { continuation in
      call { result, error in
        guard once.isFirst() else { return }
        if let error {
          continuation.resume(throwing: error)
        } else {
          continuation.resume(returning: Carried(content: result))
        }
      }
    }
    return carried.content
  }

  private final class Once: @unchecked Sendable {
    private let lock = NSLock()
    private var isDone = false

    func isFirst() -> Bool {
      lock.lock()
      defer { lock.unlock() }
      let wasDone = isDone
      isDone = true
      return !wasDone
    }
  }

  private static func failure(_ text: String, _ error: Error? = nil) -> Data {
    let message = error.map { "\(text) \($0.localizedDescription)" } ?? text
    return (try? JSONSerialization.data(withJSONObject: ["error": message])) ?? Data("{}".utf8)
  }

  // MARK: - Lines

  /// Runs go on in the background, so that the main thread is there for what wants to be done on it.
  private static func run(_ call: @escaping (Any) async -> Data) -> Never {
    let input = movedInput()
    setvbuf(stdout, nil, _IOLBF, 0)
    if getenv("__OW_WAIT_FOR_ACK") != nil { write(Data(#"{"ok":true}"#.utf8)) }
    let carried = Carried(content: call)
    Task.detached {
      while let line = nextLine(of: input) {
        let answer = await carried.content(prepared(line))
        fflush(nil)
        write(answer)
      }
      exit(0)
    }
    dispatchMain()
  }

  /// Sets the context of an activation, and tells its argument.
  private static func prepared(_ line: Data) -> Any {
    guard let message = try? JSONSerialization.jsonObject(with: line) as? [String: Any] else { return [String: Any]() }
    for (key, value) in message where key != "value" {
      setenv("__OW_\(key.uppercased())", text(of: value), 1)
    }
    guard let value = message["value"], !(value is NSNull) else { return [String: Any]() }
    return value
  }

  private static func text(of value: Any) -> String {
    if let text = value as? String { return text }
    let json = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed])
    return json.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func nextLine(of input: UnsafeMutablePointer<FILE>) -> Data? {
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    let count = getline(&line, &capacity, input)
    guard count > 0, let line else { return nil }
    return Data(bytes: line, count: count)
  }

  private static func write(_ line: Data) {
    var bytes = line.filter { $0 != 10 } // an encoder may have been told to write nicely
    bytes.append(10)
    bytes.withUnsafeBytes { (rest: UnsafeRawBufferPointer) in
      var start = 0
      while start < rest.count {
        let count = systemWrite(3, rest.baseAddress! + start, rest.count - start)
        if count <= 0 { exit(1) }
        start += count
      }
    }
  }

  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes, count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes, count)
    #endif
  }

  /// The lines move to a descriptor that nothing inherits; an action that reads its stdin finds it empty.
  private static func movedInput() -> UnsafeMutablePointer<FILE> {
    let moved = fcntl(0, F_DUPFD_CLOEXEC, 5)
    _ = fcntl(3, F_SETFD, FD_CLOEXEC)
    let empty = open("/dev/null", O_RDONLY)
    dup2(empty, 0)
    close(empty)
    guard let input = fdopen(moved, "r") else { exit(1) }
    return input
  }
}
