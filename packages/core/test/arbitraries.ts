import fc from "fast-check";
import { BadRequest } from "../src/domain/errors.ts";
import type { Json } from "../src/domain/json.ts";
import { type EntityName, isEntityName } from "../src/domain/names.ts";
import type { KeyValue } from "../src/domain/parameters.ts";

/** Names of every shape that is allowed. */
export const anyName: fc.Arbitrary<EntityName> = fc
  .stringMatching(/^(?:\w|\w[\w@ .&-]{0,20}[\w@.&-])$/)
  .filter(isEntityName);

/** Values that JSON carries unchanged. */
export const anyJson: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 2, noUnicodeString: false })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** A parameter or annotation; few keys, so that lists share some, and the one that JavaScript treats specially. */
export const anyKeyValue: fc.Arbitrary<KeyValue> = fc.record(
  {
    key: fc.oneof(fc.constantFrom("a", "b", "c", "__proto__", "constructor"), fc.string({ maxLength: 3 })),
    value: anyJson,
    init: fc.constant(true as const),
    encryption: fc.constantFrom("aes-128", "aes-256"),
  },
  { requiredKeys: ["key", "value"] },
);

/** A list with unique keys, as decoding leaves it. */
export const anyKeyValues: fc.Arbitrary<KeyValue[]> = fc.uniqueArray(anyKeyValue, {
  selector: (item) => item.key,
  maxLength: 6,
});

/** What `action` is refused with: its message without the prefix of malformed content, or undefined when it passes. */
export function refusalOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const prefix = "The request content was malformed:\n";
    if (!error.message.startsWith(prefix)) return error.message;
    if (!(error instanceof BadRequest && error.rejection)) throw new Error("malformed content must be a rejection");
    return error.message.slice(prefix.length);
  }
}
