import { parse } from "node:querystring";

/** The parameters of a request's query, by name. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

const ALL_KEYS = { maxKeys: 0 };

/**
 * Takes a query apart. What is given more than once is a list.
 * @param text without the question mark
 */
export function queryFields(text: string): Query {
  // Nearly every query is one word or two, with nothing in them to decode.
  if (text.includes("%") || text.includes("+")) return parse(text, "&", "=", ALL_KEYS);
  const fields = Object.create(null) as Record<string, string | string[]>;
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const [name, value] = equals === -1 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (typeof before === "string") fields[name] = [before, value];
    else before.push(value);
  }
  return fields;
}
