import { isJsonObject } from "./json.ts";

/** A runtimes manifest that can't be used: a mistake in a deployment's configuration. */
export class InvalidManifest extends Error {
  override readonly name = "InvalidManifest";
}

/** A value of a manifest that knows where it stands, and says so when it is not what is expected. */
export interface Reader {
  /** The member `name` of an object; it must be there. */
  member(name: string): Reader;
  /** The member `name` of an object; undefined when it is absent or null. */
  optional(name: string): Reader | undefined;
  entries(): [string, Reader][];
  items(): Reader[];
  /** A string that is not empty. */
  text(): string;
  flag(): boolean;
  /** A whole number between both bounds. */
  count(min: number, max?: number): number;
  /** @throws InvalidManifest always: "<where> <complaint>". */
  fail(complaint: string): never;
}

/** Reads a manifest from its root. */
export function manifestReader(json: unknown): Reader {
  return readerAt(json, "");
}

function readerAt(value: unknown, where: string): Reader {
  const fail = (complaint: string): never => {
    throw new InvalidManifest(`Runtimes manifest: ${where === "" ? "it" : where} ${complaint}.`);
  };
  const object = (): Record<string, unknown> => (isJsonObject(value) ? value : fail("must be an object"));
  const at = (name: string, child: unknown): Reader => readerAt(child, where === "" ? name : `${where}.${name}`);
  return {
    fail,
    member: (name) => (Object.hasOwn(object(), name) ? at(name, object()[name]) : fail(`lacks ${name}`)),
    optional(name) {
      const child = Object.hasOwn(object(), name) ? object()[name] : undefined;
      return child === undefined || child === null ? undefined : at(name, child);
    },
    entries: () => Object.entries(object()).map(([name, child]) => [name, at(name, child)]),
    items() {
      const items: unknown[] = Array.isArray(value) ? value : fail("must be an array");
      return items.map((item, index) => readerAt(item, `${where}[${index}]`));
    },
    text: () => (typeof value === "string" && value !== "" ? value : fail("must be a string that is not empty")),
    flag: () => (typeof value === "boolean" ? value : fail("must be true or false")),
    count(min, max = Number.MAX_SAFE_INTEGER) {
      const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `of ${min} to ${max}`;
      const fits = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
      return fits ? value : fail(`must be a whole number ${range}`);
    },
  };
}
