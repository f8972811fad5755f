import type { Json } from "@meringue/core";

/**
 * JSON as the original prints it for people: objects on lines of their own, two spaces deeper each, arrays on one line.
 */
export function prettyJson(value: Json, indent = ""): string {
  if (Array.isArray(value)) return `[${value.map((item) => prettyJson(item, indent)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const members = Object.entries(value).map(
    ([key, member]) => `${deeper}${JSON.stringify(key)}: ${prettyJson(member, deeper)}`,
  );
  return `{\n${members.join(",\n")}\n${indent}}`;
}
