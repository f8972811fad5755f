import type { Change, EntityQuery, Page } from "@meringue/core";

/** An entity as it travels to and from the worker. */
export interface EntityRow {
  readonly id: string;
  readonly rev: string;
  /** JSON. */
  readonly document: string;
}

export interface EntityWrite {
  readonly id: string;
  readonly rev: string | undefined;
  readonly type: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly updated: number;
  readonly document: string;
  readonly code: Uint8Array | "keep" | "none";
}

export interface RecordRow {
  readonly head: string;
  /** Absent in summaries. */
  readonly tail?: string;
}

export interface RecordQuery {
  readonly namespace: string;
  readonly name?: string;
  readonly since?: number;
  readonly upto?: number;
}

export interface KeyRow {
  readonly namespace: string;
  readonly uuid: string;
  readonly digest: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface SubjectRow {
  readonly subject: string;
  readonly blocked: boolean;
  readonly keys: readonly KeyRow[];
}

/** A stretch of a journal segment whose records are to be taken in. */
export interface JournalStretch {
  readonly segment: number;
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** Everything the worker does. */
export interface Operations {
  getEntity(id: string): EntityRow | undefined;
  putEntity(write: EntityWrite): string;
  deleteEntity(id: string, rev: string): void;
  getCode(id: string, rev: string): Uint8Array | undefined;
  listEntities(query: EntityQuery, page: Page): string[];
  countEntities(query: EntityQuery): number;

  /** Takes records in. @returns bytes that could not be read. */
  takeIn(stretch: JournalStretch): number;
  getRecord(namespace: string, id: string): RecordRow | undefined;
  listRecords(query: RecordQuery, page: Page, whole: boolean): RecordRow[];
  countRecords(query: RecordQuery): number;
  /** Those of the ids that have a record. */
  recorded(ids: readonly string[]): string[];

  getSubject(subject: string): SubjectRow | undefined;
  putSubject(row: SubjectRow): void;
  deleteSubject(subject: string): boolean;
  listSubjects(namespace: string): SubjectRow[];
  findSubject(digest: Uint8Array): { readonly row: SubjectRow; readonly key: KeyRow } | undefined;
  getLimits(namespace: string): string | undefined;
  putLimits(namespace: string, document: string): void;
  deleteLimits(namespace: string): boolean;

  /** Pages of all that there is, each after what ended the page before: names, or places in the table. */
  subjectsAfter(subject: string): string[];
  limitsAfter(namespace: string): { readonly namespace: string; readonly document: string }[];
  entitiesAfter(place: number): { readonly place: number; readonly document: string }[];
  codeOfEntity(place: number): Uint8Array | undefined;
  recordsAfter(place: number): { readonly place: number; readonly head: string; readonly tail: string }[];

  /** What other processes changed since the last call. */
  takeForeignChanges(): Change[];
  /** Makes all that was committed survive power loss. */
  sync(): void;
}

export type OperationName = keyof Operations;

/**
 * How an operation is run. `write` operations share a transaction with whatever else arrived in the same turn, and
 * commit with a sync of the disk; `lazy` ones write without a sync: what they lose with the power is still in the
 * journal.
 */
export const OPERATION_KINDS: Readonly<Record<OperationName, "read" | "write" | "lazy">> = {
  getEntity: "read",
  putEntity: "write",
  deleteEntity: "write",
  getCode: "read",
  listEntities: "read",
  countEntities: "read",
  takeIn: "lazy",
  getRecord: "read",
  listRecords: "read",
  countRecords: "read",
  recorded: "read",
  getSubject: "read",
  putSubject: "write",
  deleteSubject: "write",
  listSubjects: "read",
  findSubject: "read",
  getLimits: "read",
  putLimits: "write",
  deleteLimits: "write",
  subjectsAfter: "read",
  limitsAfter: "read",
  entitiesAfter: "read",
  codeOfEntity: "read",
  recordsAfter: "read",
  takeForeignChanges: "write",
  sync: "write",
};

/** An operation's answer to a request that cannot be met as things are. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: "conflict" | "not-found";

  constructor(reason: "conflict" | "not-found") {
    super(reason);
    this.reason = reason;
  }
}
