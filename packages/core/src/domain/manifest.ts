/** The runtimes that a deployment offers: upstream's manifest, checked. */
export interface Manifest {
  /** Family name → its kinds, as in the file. */
  readonly families: ReadonlyMap<string, readonly RuntimeKind[]>;
  /** Images that count as our own: never pulled, sentinels awaited. Compared with a missing tag as `latest`. */
  readonly blackboxes: readonly string[];
}

/** One runtime. */
export interface RuntimeKind {
  /** `nodejs:24`. */
  readonly kind: string;
  /** `[registry/][prefix/]name[:tag]`. */
  readonly image: string;
  readonly default: boolean;
  readonly deprecated: boolean;
  /** Whether code is an attachment: changes one error text. */
  readonly attached: boolean;
  readonly requireMain: boolean;
  /** Whether the end of an activation's log is marked on both streams. */
  readonly sentinelledLogs: boolean;
  readonly stemCells: readonly StemCellConfig[];
}

/** Containers to keep ready for any action of a kind. */
export interface StemCellConfig {
  readonly initialCount: number;
  readonly memoryMb: number;
  readonly reactive?: {
    readonly minCount: number;
    readonly maxCount: number;
    readonly ttlMs: number;
    readonly threshold: number;
    readonly increment: number;
  };
}
