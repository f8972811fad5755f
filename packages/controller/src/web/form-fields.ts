import type { JsonObject } from "@meringue/core";

/** Names and values of a query or a form, in order; a name without `=` has the value undefined. */
export type FieldList = readonly (readonly [name: string, value: string | undefined])[];

/** Reads a query, or a form. @returns undefined when its percent signs are not followed by two digits. */
export function parseFields(text: string): FieldList | undefined {
  if (text === "") return [];
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined;
  return text.split("&").map((part) => {
    const equals = part.indexOf("=");
    return equals === -1 ? [decode(part), undefined] : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
  });
}

/** Bytes that are no UTF-8 become the replacement character. */
function decode(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  // The only reader of this encoding that takes any bytes; what separates fields is not in here any more.
  const value = new URLSearchParams(`=${text.replaceAll("=", "%3D").replaceAll("&", "%26")}`).get("");
  return value ?? "";
}

/** The fields by name: of several of one name the last counts, and none is as good as an empty value. */
export function fieldsByName(fields: FieldList): JsonObject {
  const named = fields.filter(([name, value]) => name !== "" || value !== undefined);
  // fromEntries defines its properties, so that a name such as __proto__ is a name like any other
  return Object.fromEntries(named.map(([name, value]) => [name, value ?? ""]));
}

/** The fields as a query again, encoded in the one way that raw actions see. */
export function fieldsText(fields: FieldList): string {
  return fields.map(([name, value]) => encode(name) + (value === undefined ? "" : `=${encode(value)}`)).join("&");
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/%(?:20|24|2C|3A|40|2F|3F)/g, (escaped) =>
    escaped === "%20" ? "+" : decodeURIComponent(escaped),
  );
}
