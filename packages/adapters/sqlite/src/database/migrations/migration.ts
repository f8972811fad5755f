/** One step from a schema to the next. Never changed once it was released. */
export interface Migration {
  /** The schema's version afterwards: one more than before. */
  readonly version: number;
  readonly sql: string;
}
