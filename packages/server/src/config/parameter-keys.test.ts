import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { describe, test } from "vitest";
import { BadConfig, readConfig } from "./read-config.ts";

const key = (bytes: number): string => randomBytes(bytes).toString("base64");
const BAD_AES256 = "MERINGUE_PARAMETER_KEY_AES256: must be 32 bytes in base64, or several such with commas";

function problemsOf(argv: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(argv, env);
    return [];
  } catch (error) {
    if (error instanceof BadConfig) return error.problems;
    throw error;
  }
}

describe("the keys of parameters", () => {
  test("come from variables, the one that encrypts first", ({ expect }) => {
    const [first, second, short] = [key(32), key(32), key(16)];
    const env = {
      MERINGUE_PARAMETER_KEY_AES256: `${first}, ${second}`,
      MERINGUE_PARAMETER_KEY_AES128: short,
    };
    const { parameterEncryption, parameterKeys } = readConfig(["--parameter-encryption", "aes-256"], env);
    expect(parameterEncryption).toBe("aes-256");
    expect(parameterKeys).toEqual({
      "aes-256": [Buffer.from(first, "base64"), Buffer.from(second, "base64")],
      "aes-128": [Buffer.from(short, "base64")],
    });
  });

  test("must be there for the cipher in force", ({ expect }) => {
    expect(problemsOf(["--parameter-encryption", "aes-256"], { MERINGUE_PARAMETER_KEY_AES128: key(16) })).toEqual([
      "--parameter-encryption aes-256 needs a key in MERINGUE_PARAMETER_KEY_AES256",
    ]);
    expect(problemsOf(["--parameter-encryption", "rot13"], {})).toEqual([
      '--parameter-encryption: must be one of off, aes-128, aes-256, not "rot13"',
    ]);
  });

  test.for([
    ["too short", key(16)],
    ["too long", key(33)],
    ["no base64", "?".repeat(44)],
    ["with something behind it", `${key(32)}x`],
    ["one of two too short", `${key(32)},${key(16)}`],
    ["empty between commas", `${key(32)},`],
  ])("are refused when they are %s, and never repeated", ([, value = ""], { expect }) => {
    expect(problemsOf([], { MERINGUE_PARAMETER_KEY_AES256: value })).toEqual([BAD_AES256]);
  });

  test("are not what `meringue config` prints, and not what a flag may hold", ({ expect }) => {
    const secret = key(32);
    const env = { ...process.env, MERINGUE_PARAMETER_KEY_AES256: secret };
    const main = `${import.meta.dirname}/main.ts`;
    const out = execFileSync(process.execPath, [main, "--parameter-encryption", "aes-256"], { env, encoding: "utf8" });
    expect(JSON.parse(out)).toMatchObject({ parameterEncryption: "aes-256", parameterKeys: "…" });
    expect(out).not.toContain(secret);
    expect(problemsOf(["--parameter-key-aes256", secret], {})).not.toEqual([]);
  });
});
