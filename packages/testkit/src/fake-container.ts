import { PassThrough } from "node:stream";
import type { Container, ContainerExit, ContainerSpec, Json, JsonObject, OutputListener } from "@meringue/core";

/** What a container is asked: to initialize itself with the `value` of an `/init`, or to run the body of a `/run`. */
export type FakeCall =
  | { readonly kind: "init"; readonly id: "init"; readonly value: JsonObject }
  | { readonly kind: "run"; readonly id: string; readonly body: JsonObject };

/** What it does then, in this order. */
export interface FakeReply {
  readonly stdout?: string;
  readonly stderr?: string;
  /** On which streams the end of the activation is marked. Default: both after a run, none after an init. */
  readonly sentinels?: readonly ("stdout" | "stderr")[];
  /** Default 200. */
  readonly status?: number;
  /** The body of the answer. Default: `{}`. */
  readonly body?: Json;
  /** Sent as it is in place of the answer; null: nothing is sent. */
  readonly raw?: string | Buffer | null;
  /** Then the process ends. */
  readonly exit?: ContainerExit;
}

/** Decides what a container does; may take its time over it. */
export type FakeScript = (call: FakeCall, container: FakeContainer) => Promise<FakeReply> | FakeReply;

export interface FakeContainerOptions {
  /** Default: every run answers its `value`. */
  readonly script?: FakeScript;
  readonly whenGone?: "connection-lost" | "command-exited";
  /** Default: sentinels. */
  readonly logsEnd?: "sentinels" | "answer";
  /** Default: nothing is known of it. */
  readonly toolchain?: string;
  readonly pausing?: (container: FakeContainer) => Promise<void>;
  readonly resuming?: (container: FakeContainer) => Promise<void>;
  readonly removing?: (container: FakeContainer) => Promise<void>;
}

/** A container that can be looked at. */
export interface FakeContainer extends Container {
  readonly spec: ContainerSpec;
  /** What it was asked so far. A frozen container is asked nothing. */
  readonly calls: readonly FakeCall[];
  readonly frozen: boolean;
  print(stream: "stdout" | "stderr", text: string | Buffer): void;
  /** Ends the process by itself. */
  exit(exit?: ContainerExit): void;
}

const SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";

/** Starts a container in this process. */
export function fakeContainer(spec: ContainerSpec, options: FakeContainerOptions = {}): FakeContainer {
  const input = new PassThrough();
  const output = new PassThrough();
  const exited = Promise.withResolvers<ContainerExit>();
  const printed: (readonly ["stdout" | "stderr", Buffer])[] = [];
  const calls: FakeCall[] = [];
  let listener: OutputListener | undefined;
  let frozen = false;
  let alive = true;
  let removal: Promise<void> | undefined;

  const act = async (line: string): Promise<void> => {
    const call = readCall(line);
    calls.push(call);
    const reply = await (options.script ?? echo)(call, container);
    if (!alive) return;
    if (reply.stdout !== undefined) container.print("stdout", reply.stdout);
    if (reply.stderr !== undefined) container.print("stderr", reply.stderr);
    for (const stream of reply.sentinels ?? (call.kind === "run" && options.logsEnd !== "answer" ? BOTH : []))
      container.print(stream, SENTINEL);
    const answer = `${reply.status ?? 200} ${call.id} ${JSON.stringify(reply.body === undefined ? {} : reply.body)}\n`;
    if (reply.raw !== null) output.write(reply.raw ?? answer);
    if (reply.exit !== undefined) container.exit(reply.exit);
  };
  readLines(input, (line) => void act(line));

  const container: FakeContainer = {
    name: spec.name,
    spec,
    channel: {
      protocol: "launcher",
      input,
      output,
      whenGone: options.whenGone ?? "connection-lost",
      logsEnd: options.logsEnd ?? "sentinels",
    },
    exited: exited.promise,
    toolchain: async () => options.toolchain,
    calls,
    get frozen() {
      return frozen;
    },
    onOutput(set) {
      listener = set;
      for (const [stream, chunk] of printed.splice(0)) set(stream, chunk);
    },
    print(stream, text) {
      const chunk = typeof text === "string" ? Buffer.from(text) : text;
      if (listener === undefined) printed.push([stream, chunk]);
      else listener(stream, chunk);
    },
    exit(exit = { reason: "exited", code: 1 }) {
      if (!alive) return;
      alive = false;
      input.destroy();
      output.end();
      exited.resolve(exit);
    },
    async pause() {
      input.pause();
      frozen = true;
      await options.pausing?.(container);
    },
    async resume() {
      await options.resuming?.(container);
      frozen = false;
      input.resume();
    },
    remove() {
      removal ??= (async () => {
        await options.removing?.(container);
        container.exit({ reason: "exited", code: null });
      })();
      return removal;
    },
  };
  return container;
}

const BOTH = ["stdout", "stderr"] as const;

function echo(call: FakeCall): FakeReply {
  return call.kind === "init" ? {} : { body: call.body["value"] ?? {} };
}

function readCall(line: string): FakeCall {
  const json = JSON.parse(line) as JsonObject;
  if (Object.hasOwn(json, "init")) return { kind: "init", id: "init", value: json["init"] as JsonObject };
  return { kind: "run", id: String(json["activation_id"] ?? "-"), body: json };
}

function readLines(input: PassThrough, take: (line: string) => void): void {
  let rest = "";
  input.setEncoding("utf8");
  input.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}
