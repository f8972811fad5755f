import type { JsonObject } from "@meringue/core";
import { findDotnet } from "../../runtimes/catalogue/find-dotnet.ts";
import { zip } from "../../runtimes/conformance/archives.ts";
import { compileActions } from "../../runtimes/conformance/dotnet-compiler.ts";

/** One row of docs/languages.md, and what `languages` measures for it. */
export interface Language {
  /** Its name in the manifest, or `native`. */
  readonly family: string;
  readonly title: string;
  /** What may be uploaded. */
  readonly uploads: string;
  /** The smallest action that greets, or how it is made. A string says why there is none. */
  readonly sample: JsonObject | string | (() => Promise<JsonObject | string>);
  /** Its samples are compiled, which takes seconds. */
  readonly compiled?: true;
}

const NATIVE_IMAGE = "openwhisk/dockerskeleton";

const JAVA = `import com.google.gson.JsonObject;
public class Hello {
  public static JsonObject main(JsonObject args) {
    JsonObject answer = new JsonObject();
    answer.addProperty("greeting", "hello");
    return answer;
  }
}
`;
const GO = `package main

func Main(args map[string]interface{}) map[string]interface{} {
	return map[string]interface{}{"greeting": "hello"}
}
`;
const RUST = `extern crate serde_json;
use serde_json::{Error, Value};

pub fn main(_args: Value) -> Result<Value, Error> {
    serde_json::from_str("{\\"greeting\\": \\"hello\\"}")
}
`;
const SWIFT = `func main(args: [String: Any]) -> [String: Any] {
    return ["greeting": "hello"]
}
`;

const CSHARP = `using Newtonsoft.Json.Linq;
public class Hello
{
    public JObject Main(JObject args) => new JObject { ["greeting"] = "hello" };
}
`;

/** Every language, in the order of the page. */
export const LANGUAGES: readonly Language[] = [
  {
    ...{
      family: "nodejs",
      title: "JavaScript",
      uploads: "source, CommonJS or module; zip or tar.gz with package.json",
    },
    sample: source("nodejs", "function main() { return { greeting: 'hello' }; }"),
  },
  {
    ...{ family: "typescript", title: "TypeScript", uploads: "source as it is; zip or tar.gz with package.json" },
    sample: source("typescript", "export function main(): object { return { greeting: 'hello' }; }"),
  },
  {
    ...{ family: "python", title: "Python", uploads: "source; zip or tar.gz with __main__.py, also with a virtualenv" },
    sample: source("python", "def main(args):\n    return {'greeting': 'hello'}\n"),
  },
  {
    ...{ family: "java", title: "Java", uploads: "jar; source; zip of sources" },
    sample: { ...source("java", JAVA), main: "Hello" },
    compiled: true,
  },
  {
    ...{ family: "php", title: "PHP", uploads: "source; zip or tar.gz with index.php, also with vendor" },
    sample: source("php", "<?php function main(array $args): array { return ['greeting' => 'hello']; }"),
  },
  {
    ...{ family: "ruby", title: "Ruby", uploads: "source; zip or tar.gz with main.rb" },
    sample: source("ruby", "def main(args)\n  { 'greeting' => 'hello' }\nend\n"),
  },
  {
    family: "go",
    title: "Go",
    uploads: "source; zip of sources, also with go.mod; program",
    sample: source("go", GO),
    compiled: true,
  },
  {
    family: "rust",
    title: "Rust",
    uploads: "source; zip of a Cargo project; program",
    sample: source("rust", RUST),
    compiled: true,
  },
  {
    family: "swift",
    title: "Swift",
    uploads: "source; zip of a package; program",
    sample: source("swift", SWIFT),
    compiled: true,
  },
  {
    ...{ family: "dotnet", title: ".NET", uploads: "zip of assemblies" },
    sample: dotnetSample,
    compiled: true,
  },
  {
    ...{ family: "ballerina", title: "Ballerina", uploads: "what its compiler has made" },
    sample: "its actions are what its compiler makes, which is no part of this",
  },
  {
    ...{ family: "native", title: "any program", uploads: "script or executable; zip with exec" },
    sample: { kind: "blackbox", image: NATIVE_IMAGE, code: '#!/bin/sh\necho \'{"greeting": "hello"}\'\n' },
  },
];

/** Assemblies are made by a compiler: without one here there is no sample. */
async function dotnetSample(): Promise<JsonObject | string> {
  const dotnet = findDotnet(process.env);
  if (typeof dotnet === "string") return `no sample without a compiler: ${dotnet}`;
  const code = await zip(await compileActions(dotnet, CSHARP));
  return { kind: "dotnet:default", code, main: "Actions::Hello::Main" };
}

function source(family: string, code: string): JsonObject {
  return { kind: `${family}:default`, code };
}

/** The two ways in which actions are isolated. */
export const PLACES = ["sandbox", "docker"] as const;
export type PlaceName = (typeof PLACES)[number];

/** What is measured of each language in each place, and how a report names it. */
export const FIGURES = {
  cold: { what: "cold: call to result", unit: "ms" },
  again: { what: "cold again at once: call to result", unit: "ms" },
  cell: { what: "stem cell: call to result", unit: "ms" },
  warm: { what: "warm: call to result", unit: "ms" },
  memory: { what: "memory of an idle container", unit: "MB" },
} as const;
export type FigureName = keyof typeof FIGURES;

/** How a report calls a figure, or all of them: `php, sandbox, cold: call to result`. */
export function rowName(family: string, place: PlaceName, figure?: FigureName): string {
  return figure === undefined ? `${family}, ${place}` : `${family}, ${place}, ${FIGURES[figure].what}`;
}
