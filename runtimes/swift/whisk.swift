// What actions configure the loop with. It is compiled together with an action, as a file of its module.
import Foundation

class Whisk {
  nonisolated(unsafe) static var baseUrl = ProcessInfo.processInfo.environment["__OW_API_HOST"]
  /// When it is nil, the key of the activation is taken.
  nonisolated(unsafe) static var apiKey: String?
  /// What arguments of Codable types are decoded with. Actions may put another here.
  nonisolated(unsafe) static var jsonDecoder = JSONDecoder()
  /// What results of Codable types are encoded with. Actions may put another here.
  nonisolated(unsafe) static var jsonEncoder = JSONEncoder()
}
