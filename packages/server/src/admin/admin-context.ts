import type { SubjectStore } from "@meringue/core";
import type { OptionValue } from "./parse-words.ts";

/** What a command works on, and where it prints: one line a call. */
export interface AdminContext {
  readonly store: SubjectStore;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** What was typed after a command's name. */
export interface AdminArguments {
  readonly positionals: readonly [string, ...string[]];
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** @returns the exit code. */
export type AdminRun = (given: AdminArguments, context: AdminContext) => Promise<number>;

/** What CouchDB answers when there is no such document: wskadmin prints it as it comes. */
export const MISSING = '{"error":"not_found","reason":"missing"}';

/** What CouchDB answers when a document was changed meanwhile. */
export const CONFLICTING = '{"error":"conflict","reason":"Document update conflict."}';
