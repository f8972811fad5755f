/** What an action runs. Code itself is an attachment of the document (see EntityStore), as decoded bytes when `binary`. */
export type Exec = CodeExec | BlackboxExec | SequenceExec;

/** Code for a managed runtime. */
export interface CodeExec {
  readonly type: "code";
  /** A kind of the manifest, resolved: `nodejs:24`. */
  readonly kind: string;
  /** Whether the code was base64 text. */
  readonly binary: boolean;
  readonly main?: string;
}

/** A user's image, with or without code. */
export interface BlackboxExec {
  readonly type: "blackbox";
  readonly kind: "blackbox";
  /** `[registry/][prefix/]name[:tag]`. */
  readonly image: string;
  readonly binary: boolean;
  readonly hasCode: boolean;
  readonly main?: string;
}

/** A chain of actions, each `/ns[/pkg]/name`. */
export interface SequenceExec {
  readonly type: "sequence";
  readonly kind: "sequence";
  readonly components: readonly string[];
}
