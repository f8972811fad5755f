import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Document, LineCounter, Pair, Scalar } from "yaml";
import { nearest } from "./nearest.ts";

/** What stands in a file, and where. */
export interface FileValue {
  readonly text: string;
  /** `FILE:LINE`. */
  readonly from: string;
}

/** What a file of settings says. The problems are a sentence each. */
export interface ConfigFile {
  readonly values: ReadonlyMap<string, FileValue>;
  readonly problems: readonly string[];
}

export const NO_FILE: ConfigFile = { values: new Map(), problems: [] };

/**
 * Reads a file of settings, YAML or JSON: one mapping, whose values are texts, numbers, true, false, or lists of those.
 * @param known every key that it may have
 */
export function readConfigFile(file: string, known: readonly string[]): ConfigFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { values: new Map(), problems: [`--config: ${(error as Error).message}`] };
  }
  const { document, lines } = parse(text);
  const [broken] = document.errors;
  if (broken !== undefined) {
    const [what = ""] = broken.message.split("\n");
    return { values: new Map(), problems: [`${file}: ${what.replace(/:$/, "")}`] };
  }
  const values = new Map<string, FileValue>();
  const problems: string[] = [];
  for (const pair of pairsOf(document)) {
    const key = String((pair.key as Scalar).value);
    const from = `${file}:${lines.linePos((pair.key as Scalar).range?.[0] ?? 0).line}`;
    const value = textOf((pair.value as { toJSON(): unknown } | null)?.toJSON());
    if (!known.includes(key)) {
      const meant = nearest(key, known);
      problems.push(`${from}: there is no setting "${key}"${meant === undefined ? "" : `; did you mean ${meant}?`}`);
    } else if (value === undefined) {
      problems.push(`${from}: ${key} must be a text, a number, true, false, or a list of those`);
    } else if (value !== "") {
      values.set(key, { text: value, from });
    }
  }
  if (document.contents !== null && !isMapping(document)) problems.push(`${file}: must be one mapping of settings`);
  return { values, problems };
}

/** The parser is loaded only for who has a file: nobody else should wait for it. */
function parse(text: string): { readonly document: Document; readonly lines: LineCounter } {
  const yaml = createRequire(import.meta.url)("yaml") as typeof import("yaml");
  const lines = new yaml.LineCounter();
  return { document: yaml.parseDocument(text, { lineCounter: lines }), lines };
}

function isMapping({ contents }: Document): boolean {
  return contents !== null && "items" in (contents as object) && pairsIn(contents).every((item) => "key" in item);
}

function pairsIn(contents: unknown): readonly Pair[] {
  return (contents as { readonly items: readonly Pair[] }).items;
}

function pairsOf(document: Document): readonly Pair[] {
  return isMapping(document) ? pairsIn(document.contents) : [];
}

/** @returns undefined for what is no setting; an empty text for one that is not set. */
function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) {
    const parts = value.map(textOf);
    return parts.every((part) => part !== undefined && part !== "") ? parts.join(",") : undefined;
  }
  if (value === true) return "on";
  if (value === false) return "off";
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
