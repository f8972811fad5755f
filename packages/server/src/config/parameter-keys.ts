import { PARAMETER_CIPHERS, PARAMETER_KEY_BYTES, type ParameterCipher, type ParameterKeys } from "@meringue/core";

/** A setting that is a variable only: flags can be seen by other users. */
export interface KeyVariable {
  readonly cipher: ParameterCipher;
  readonly env: string;
  readonly about: string;
}

/** The variables that hold the keys of parameters. */
export const keyVariables: readonly KeyVariable[] = PARAMETER_CIPHERS.map((cipher) => ({
  cipher,
  env: `MERINGUE_PARAMETER_KEY_${cipher.replace("-", "").toUpperCase()}`,
  about:
    `key of \`${cipher}\`: ${PARAMETER_KEY_BYTES[cipher]} bytes in base64; of several with commas between them ` +
    "the first encrypts and all decrypt",
}));

/** What the environment says about keys. The problems, a sentence each, repeat nothing of a key. */
export interface GivenKeys {
  readonly keys: ParameterKeys;
  readonly problems: readonly string[];
}

/** Reads {@link keyVariables}. @param current the cipher that must have a key; undefined: none must. */
export function readParameterKeys(env: NodeJS.ProcessEnv, current: string | undefined): GivenKeys {
  const keys: Partial<Record<ParameterCipher, readonly Uint8Array[]>> = {};
  const problems: string[] = [];
  for (const { cipher, env: variable } of keyVariables) {
    const text = env[variable] ?? "";
    const bytes = text === "" ? [] : text.split(",").map((key) => keyBytes(key.trim(), PARAMETER_KEY_BYTES[cipher]));
    const given = bytes.filter((key) => key !== undefined);
    if (given.length < bytes.length) {
      problems.push(`${variable}: must be ${PARAMETER_KEY_BYTES[cipher]} bytes in base64, or several such with commas`);
    } else if (given.length > 0) {
      keys[cipher] = given;
    } else if (cipher === current) {
      problems.push(`--parameter-encryption ${cipher} needs a key in ${variable}`);
    }
  }
  return { keys, problems };
}

/** @returns undefined when the text is not exactly so many bytes in base64. */
function keyBytes(text: string, length: number): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === length && bytes.toString("base64") === text ? bytes : undefined;
}
