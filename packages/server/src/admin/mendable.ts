import { WhiskError } from "@meringue/core";
import { SecretFileUnusable, StoreUnusable, VaultMismatch } from "@meringue/sqlite";
import { BadConfig } from "../config/read-config.ts";

const MENDABLE = [BadConfig, SecretFileUnusable, StoreUnusable, VaultMismatch];
/** Told by name: the package that throws them is not loaded where it is not used. */
const UNUSABLE = ["CouchUnusable", "CouchFailure", "NeedsUrl"];

/** @returns what the operator can do something about, as a sentence; undefined for a bug, which shows its stack. */
export function mendableBy(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (MENDABLE.some((kind) => error instanceof kind) || UNUSABLE.includes(error.name)) return error.message;
  // the database went away while it was used
  if (error instanceof WhiskError && error.cause instanceof Error) return error.cause.message;
  return undefined;
}
