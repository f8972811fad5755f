import type { CommonSamples } from "./common-suite.ts";

/** A function with a name, and what it uses. */
export function rustAction(body: string, uses: readonly string[] = [], name = "main"): string {
  const lines = ["serde_json::{Error, Value}", ...uses].map((path) => `use ${path};\n`).join("");
  return `${lines}\npub fn ${name}(args: Value) -> Result<Value, Error> {\n${body}\n}\n`;
}

const KEYS = ["api_host", "api_key", "namespace", "action_name", "action_version", "activation_id", "deadline"];

export const RUST_COMMON: CommonSamples = {
  echo: {
    code: rustAction('    println!("hello stdout");\n    eprintln!("hello stderr");\n    Ok(args)'),
  },
  otherMain: { code: rustAction("    Ok(args)", [], "niam"), main: "niam" },
  noObject: { code: rustAction('    drop(args);\n    Ok(Value::from("not a json object"))') },
  unicode: {
    code: rustAction(
      '    let winter = format!("❄ {} ❄", args["delimiter"].as_str().unwrap());\n    println!("{}", winter);\n    Ok(json!({ "winter": winter }))',
      ["serde_json::json"],
    ),
  },
  environment: {
    code: rustAction(
      '    drop(args);\n    Ok(json!({ "SOME_VAR": env::var("SOME_VAR").ok(), "ANOTHER_VAR": env::var("ANOTHER_VAR").ok() }))',
      ["serde_json::json", "std::env"],
    ),
  },
  context: {
    code: rustAction(
      `    drop(args);
    let mut found = serde_json::Map::new();
    for key in [${KEYS.map((key) => `"${key}"`).join(", ")}].iter() {
        let name = format!("__OW_{}", key.to_uppercase());
        found.insert(key.to_string(), Value::from(env::var(name).unwrap_or_default()));
    }
    Ok(Value::Object(found))`,
      ["std::env"],
    ),
  },
  withoutCode: "refused",
};
