import { initial } from "./0001-initial.ts";
import type { Migration } from "./migration.ts";

/** Every step from an empty file to the schema of this release, in order. */
export const ALL_MIGRATIONS: readonly Migration[] = [initial];
