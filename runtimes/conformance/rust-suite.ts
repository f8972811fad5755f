import { zip } from "./archives.ts";
import { buildConformance } from "./build-suite.ts";
import { type Case, caseSuite, errorOf } from "./cases.ts";
import { commonConformance } from "./common-suite.ts";
import { LOOP_SCRIPT, loopConformance } from "./loop-suite.ts";
import { rememberingBuilds } from "./remembered-builds.ts";
import { RUST_COMMON, rustAction } from "./rust-samples.ts";
import { type StartTarget, type Upload, withValue } from "./target.ts";

/** Compiling takes a second of one processor, and a table is a few dozen. */
const BUILD_LIMIT_MS = 90_000;

/** What actions of the rust kinds rely on. */
export function rustConformance(name: string, target: StartTarget): void {
  const start = rememberingBuilds(target);
  commonConformance(name, start, RUST_COMMON, BUILD_LIMIT_MS);
  const cases = [...sourceCases, ...resultCases].map((row) => ({ limitMs: BUILD_LIMIT_MS, ...row }));
  caseSuite(`${name}, for source,`, start, cases);
  loopConformance(name, start, {
    image: "rust",
    logsInitErrors: false,
    broken: { code: "pub fn main(args: nonsense {" },
    complaint: "error",
    exits: { code: rustAction('    drop(args);\n    panic!("no more")') },
    left: {
      code: rustAction('    drop(args);\n    Ok(json!({ "left": std::env::var("LEFT").ok() }))', ["serde_json::json"]),
    },
    limitMs: BUILD_LIMIT_MS,
  });
  const sources = { "one file": { code: rustAction("    Ok(args)") }, "a project": project("actions") };
  buildConformance(name, target, { sources, precompiled: { code: LOOP_SCRIPT }, limitMs: BUILD_LIMIT_MS });
}

/** A cargo project of two modules that returns what it gets. */
function project(crate: string): Promise<Upload> {
  const files = {
    "Cargo.toml": `[package]\nname = "${crate}"\nversion = "0.1.0"\nedition = "2018"\n\n[dependencies]\nserde_json = "1.0"\n`,
    "src/lib.rs": `mod part;\n${rustAction("    Ok(part::same(args))")}`,
    "src/part.rs": "pub fn same(args: serde_json::Value) -> serde_json::Value {\n    args\n}\n",
  };
  return zip(files).then((code) => ({ code, binary: true }));
}

function echoes(title: string, upload: Promise<Upload> | Upload): Case {
  return {
    title,
    upload,
    bodies: [withValue({ it: "works" })],
    check: ({ init, runs, stdout, stderr }, expect) => {
      expect(init).toEqual({ status: 200, body: { ok: true } });
      expect(runs[0]).toEqual({ status: 200, body: { it: "works" } });
      expect([stdout, stderr]).toEqual(["", ""]);
    },
  };
}

const sourceCases: readonly Case[] = [
  echoes("takes a cargo project", project("actions")),
  echoes("takes one whose crate has another name than upstream wants", project("something-else")),
  echoes("says nothing of what the compiler only remarks", {
    code: `fn unused() {}\n${rustAction("    let nothing = 1;\n    Ok(args)")}`,
  }),
  {
    title: "derives what a type looks like in JSON",
    upload: {
      code: rustAction(
        "    let person: Person = serde_json::from_value(args)?;\n    serde_json::to_value(Person { name: person.name.to_uppercase() })",
        ["serde_derive::{Deserialize, Serialize}"],
      ).concat("\n#[derive(Serialize, Deserialize)]\nstruct Person {\n    name: String,\n}\n"),
    },
    bodies: [withValue({ name: "Ada" }), withValue({ name: 1 })],
    check: ({ runs }, expect) => {
      expect(runs[0]).toEqual({ status: 200, body: { name: "ADA" } });
      expect(runs[1]?.status).toBe(200);
      expect(errorOf(runs[1])).toContain("invalid type");
    },
  },
  {
    title: "refuses an entry point that is missing, with the compiler's words",
    upload: { code: rustAction("    Ok(args)"), main: "nope" },
    bodies: [],
    check: ({ init }, expect) => {
      expect(init.status).toBe(502);
      expect(errorOf(init)).toMatch(/unresolved import|no `nope`/);
    },
  },
  {
    title: "refuses an archive without a manifest",
    upload: zip({ "src/lib.rs": "" }).then((code) => ({ code, binary: true })),
    bodies: [],
    check: ({ init }, expect) => expect(errorOf(init)).toContain("Cargo.toml"),
  },
];

const resultCases: readonly Case[] = [
  {
    id: "K2",
    title: "returns an array",
    upload: { code: rustAction('    drop(args);\n    Ok(serde_json::json!(["a", "b"]))') },
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: ["a", "b"] }),
  },
  {
    id: "K3",
    title: "takes an array",
    upload: { code: rustAction("    Ok(Value::from(args.as_array().unwrap().clone()))") },
    bodies: [withValue(["a", "b"])],
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: ["a", "b"] }),
  },
  {
    title: "answers an error with its text, once, whatever is in it",
    upload: { code: rustAction('    serde_json::from_str(args["text"].as_str().unwrap_or("{\\"a\\":"))') },
    bodies: [withValue({}), withValue({ text: '{"b":1}' })],
    check: ({ runs }, expect) => {
      expect(runs[0]?.status).toBe(200);
      expect(errorOf(runs[0])).toContain("EOF while parsing");
      expect(runs[1]).toEqual({ status: 200, body: { b: 1 } });
    },
  },
];
