import type { CommonSamples } from "./common-suite.ts";

/** A function `main` of any object or array, with a body. */
export function swiftAction(body: string, name = "main"): string {
  return `func ${name}(args: Any) -> Any {\n${body}\n}\n`;
}

const WINTER = `  let winter = "❄ \\(delimiter) ❄"\n  print(winter)`;
const CONTEXT = `  var found: [String: Any] = [:]
  for key in ["api_host", "api_key", "namespace", "action_name", "action_version", "activation_id", "deadline"] {
    found[key] = ProcessInfo.processInfo.environment["__OW_" + key.uppercased()]
  }
  return found`;

/** The common samples as functions of `Any`. */
export const SWIFT_ANY: CommonSamples = {
  echo: { code: swiftAction('  print("hello stdout")\n  fputs("hello stderr\\n", stderr)\n  return args') },
  otherMain: { code: swiftAction("  return args", "niam"), main: "niam" },
  unicode: {
    code: swiftAction(
      `  let delimiter = (args as! [String: Any])["delimiter"] as! String\n${WINTER}\n  return ["winter": winter]`,
    ),
  },
  environment: {
    code: `let some = ProcessInfo.processInfo.environment["SOME_VAR"]
let another = ProcessInfo.processInfo.environment["ANOTHER_VAR"]
${swiftAction('  return ["SOME_VAR": some ?? "unset", "ANOTHER_VAR": another ?? "unset"]')}`,
  },
  context: { code: swiftAction(CONTEXT) },
  withoutCode: "refused",
};

/** What a language of types can tell: its own for arguments and results. */
export const SWIFT_CODABLE = {
  callback: `struct Input: Codable { let name: String? }
struct Output: Codable { let count: Int }
func main(input: Input, completion: @escaping (Output?, Error?) -> Void) -> Void {
  completion(Output(count: input.name?.count ?? 0), nil)
}`,
  callbackAlone: `struct Output: Codable { let count: Int }
func main(completion: @escaping (Output?, Error?) -> Void) { completion(Output(count: 7), nil) }`,
  failingCallback: `struct Output: Codable { let count: Int }
struct Refused: LocalizedError { var errorDescription: String? { "not \\"today\\"" } }
func main(completion: @escaping (Output?, Error?) -> Void) { completion(nil, Refused()) }`,
  emptyCallback: `struct Output: Codable { let count: Int }
func main(completion: @escaping (Output?, Error?) -> Void) { completion(nil, nil) }`,
  async: `struct Input: Codable { let name: String? }
struct Output: Codable { let count: Int }
func main(input: Input) async throws -> Output? {
  try await Task.sleep(nanoseconds: 1_000_000)
  return Output(count: input.name?.count ?? 0)
}`,
  asyncAny: `func main(args: Any) async throws -> Any {
  try await Task.sleep(nanoseconds: 1_000_000)
  if (args as! [String: Any])["fail"] != nil { throw CocoaError(.fileNoSuchFile) }
  return args
}`,
} as const;
