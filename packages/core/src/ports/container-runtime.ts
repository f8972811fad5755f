import type { Readable, Writable } from "node:stream";

/** What a container should be. */
export interface ContainerSpec {
  /** Readable and unique in this process: `[A-Za-z0-9_]`. */
  readonly name: string;
  /** Runtime kind, such as `nodejs:24`, or `blackbox`. */
  readonly kind: string;
  /** Image reference from the manifest or the action. */
  readonly image: string;
  /** Managed images are never pulled; a user's image is pulled if absent, or always. */
  readonly pull: "never" | "if-absent" | "always";
  /** Hard limit, in mebibytes; no swap. */
  readonly memoryMb: number;
  /** Share of the processor relative to other containers, 2 to 1024. */
  readonly cpuShares: number;
  /** Extra environment of the container. `__OW_API_HOST` is the runtime's own to add. */
  readonly env: Readonly<Record<string, string>>;
}

/** Why a container's main process ended. */
export interface ContainerExit {
  readonly reason: "exited" | "out-of-memory";
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
}

/** How an invoker speaks to what runs inside. */
export type ContainerChannel =
  | {
      /** The action container protocol: POST /init and /run. */
      readonly protocol: "http";
      readonly address: { readonly path: string } | { readonly host: string; readonly port: number };
    }
  | {
      /**
       * The launcher protocol: one JSON line in (`{"init": <value of /init>}` first, then bodies of /run), one line out
       * each: `STATUS ID JSON`, where ID is `init` or the run's activation id and STATUS what an HTTP proxy would answer.
       * A run that may stream its answer has more lines, see docs/streaming.md.
       */
      readonly protocol: "launcher";
      readonly input: Writable;
      readonly output: Readable;
      /** What a proxy in front would answer once the launcher has died: nothing at all, or 400 `command exited`. */
      readonly whenGone: "connection-lost" | "command-exited";
      /**
       * What ends the log of a run: sentinels on both streams (where its kind writes them), or its answer. `answer` promises that the output is read
       * in the turn of the event loop in which the answer is, at the latest: so no mark is needed, and none is written.
       */
      readonly logsEnd: "sentinels" | "answer";
    };

/** Takes what a container prints, as it is printed. Chunks end anywhere. */
export type OutputListener = (stream: "stdout" | "stderr", chunk: Buffer) => void;

/** A container that was started. Whoever created it must `remove` it. */
export interface Container {
  /** The name from its spec. */
  readonly name: string;
  readonly channel: ContainerChannel;
  /** Resolves once, when its main process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ContainerExit>;
  /**
   * Names the tools that an action's source would be built with here: what was built with others must not be used. Undefined
   * when nothing is known of them.
   */
  readonly toolchain?: () => Promise<string | undefined>;
  /** Sets the one listener of its output; what came before is handed over at once. */
  onOutput(listener: OutputListener): void;
  /** Freezes all its processes. Idempotent. */
  pause(): Promise<void>;
  /** @throws ContainerGone when it cannot be resumed. Idempotent. */
  resume(): Promise<void>;
  /** Ends all its processes and frees everything it held on the host. Idempotent; never rejects because it is gone already. */
  remove(): Promise<void>;
}

/** Makes containers. */
export interface ContainerRuntime {
  readonly name: string;
  /** Lines for the operator at start: what isolates containers, what is missing and why. */
  readonly isolation: IsolationReport;
  /** @returns undefined when it can run this, else why not, in one sentence without a period. */
  whyNot(kind: string, image: string): string | undefined;
  /**
   * Creates and starts a container. It need not be ready to answer: an HTTP peer may refuse connections for a while.
   * @throws ContainerStartFailed; then nothing is left on the host.
   */
  create(spec: ContainerSpec, signal?: AbortSignal): Promise<Container>;
  /** Removes what dead owners of the same data folder left on the host. @returns how many containers. */
  removeLeftovers(): Promise<number>;
  /** Removes all its containers and what it shares between them (networks, listeners). */
  close(): Promise<void>;
}

export interface IsolationReport {
  /** `full`: own files, processes, network, limits. `partial`: something of that is missing. `none`: plain processes. */
  readonly level: "full" | "partial" | "none";
  /** One fact a line, for people. */
  readonly lines: readonly string[];
}

/** Where containers reach the API. Made by the server, used by runtimes. */
export interface ApiEntrance {
  /**
   * Makes the API listen on one more address, for containers only.
   * @param port 0 takes a free one.
   * @param callerAt the name of the container that calls from a remote address; undefined when it cannot be told.
   */
  open(host: string, port: number, callerAt: (remoteAddress: string) => string | undefined): Promise<OpenEntrance>;
  /** The port that the API serves people on: a good one to ask for. */
  readonly port: number;
}

export interface OpenEntrance {
  readonly port: number;
  close(): Promise<void>;
}

/** A container could not be made. */
export class ContainerStartFailed extends Error {
  override readonly name = "ContainerStartFailed";
  /** Whose fault: `image` and `command` are the action developer's, `host` is ours. */
  readonly fault: "host" | "image" | "command";

  constructor(fault: "host" | "image" | "command", message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** A container is not there any more. */
export class ContainerGone extends Error {
  override readonly name = "ContainerGone";
}
