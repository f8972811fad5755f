import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Launcher } from "../catalogue.ts";
import { type StreamedLines, streamedLines } from "./streamed-lines.ts";
import type { Printed, Reply, StartTarget, Streamed, Target } from "./target.ts";

/** What a stream may be ahead of who reads it, in bytes. */
const WINDOW_BYTES = 262_144;

/** A runtime that is started as a plain process. */
export interface ProcessSpec {
  readonly argv: readonly string[];
  /** What its actions find as node_modules. */
  readonly modules?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A launcher of the catalogue as a plain process: what a sandbox would bind is used where it is. */
export function plainProcess(launcher: Launcher): ProcessSpec {
  const outside = (argument: string): string => {
    const bind = launcher.binds.find(({ target }) => argument === target || argument.startsWith(`${target}/`));
    return bind === undefined ? argument : bind.source + argument.slice(bind.target.length);
  };
  const modules = launcher.binds.find(({ target }) => target === "/node_modules")?.source;
  const env = Object.fromEntries(Object.entries(launcher.env).map(([name, value]) => [name, outside(value)]));
  return { argv: launcher.argv.map(outside), env, ...(modules !== undefined && { modules }) };
}

/** A runtime's process, its private folder, and what it printed. */
export interface RuntimeProcess {
  readonly child: ChildProcess;
  readonly printed: () => Printed;
  /** Resolves when it has ended and all it printed was read. */
  readonly closed: Promise<void>;
  removeFolder(): void;
}

/** Starts a process in a folder of its own, as a sandbox would. */
export function startProcess(
  spec: ProcessSpec,
  env: Readonly<Record<string, string>>,
  input: "pipe" | "ignore",
): RuntimeProcess {
  const folder = mkdtempSync(join(tmpdir(), "runtime-"));
  mkdirSync(join(folder, "work"));
  if (spec.modules !== undefined) symlinkSync(spec.modules, join(folder, "node_modules"));
  const [program = "", ...args] = spec.argv;
  const child = spawn(program, args, {
    cwd: join(folder, "work"),
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      LANG: "C.UTF-8",
      MERINGUE_ACTION_DIR: join(folder, "work", "action"),
      ...spec.env,
      ...env,
    },
    stdio: [input, "pipe", "pipe", "pipe"],
  });
  const streams = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (streams.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (streams.stderr += text));
  child.stdin?.on("error", () => undefined); // it has ended, which `closed` tells
  return {
    child,
    printed: () => streams,
    closed: once(child, "close").then(() => undefined),
    removeFolder: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Speaks the launcher protocol to a plain process.
 * @param whenGone what a proxy in front of the launcher answers once it has died
 */
export function launcherTarget(spec: ProcessSpec, whenGone: "connection-lost" | "command-exited"): StartTarget {
  return async (env = {}) => {
    const runtime = startProcess(spec, env, "pipe");
    const waiting = new Map<string, ((reply: Reply) => void)[]>();
    const streams = new Map<string, (status: number, json: string) => void>();
    let alive = true;
    const answers = createInterface(runtime.child.stdio[3] as Readable);
    answers.on("line", (line) => {
      const [, status, id = "", body = ""] = /^(\d+) (\S+) (.*)$/.exec(line) ?? [];
      const stream = streams.get(id);
      if (stream !== undefined) stream(Number(status), body);
      else waiting.get(id)?.shift()?.({ status: Number(status), body: JSON.parse(body) });
    });
    answers.on("close", () => {
      alive = false;
      for (const settle of [...waiting.values()].flat()) settle(goneReply(whenGone));
    });
    const send = (line: unknown, id: string): Promise<Reply> =>
      new Promise((resolve) => {
        if (!alive) return resolve(deadReply(whenGone));
        waiting.set(id, [...(waiting.get(id) ?? []), resolve]);
        runtime.child.stdin?.write(`${JSON.stringify(line)}\n`);
      });
    const tell = (word: object): void => void runtime.child.stdin?.write(`${JSON.stringify(word)}\n`);
    /** Plays the platform: grants what it has taken, and stops when it has enough. */
    const stream = (body: object, id: string, stopAfter: number): Promise<Streamed> =>
      new Promise((resolve) => {
        const lines: StreamedLines = streamedLines();
        streams.set(id, (status, json) => {
          const bytes = lines.take(status, json);
          if (bytes === undefined) {
            streams.delete(id);
            return resolve(lines.result());
          }
          if (bytes === 0) tell({ more: id, bytes: WINDOW_BYTES });
          else if (lines.items === stopAfter) tell({ stop: id });
          else tell({ more: id, bytes });
        });
        answers.on("close", () => resolve(lines.result()));
        tell(body);
      });
    return {
      stream: (body, stopAfter = Number.POSITIVE_INFINITY) => stream(body, body.activation_id, stopAfter),
      init: (value) => send({ init: value ?? {} }, "init"),
      run: (body) => send(body, (body as { activation_id?: string } | null)?.activation_id ?? "-"),
      async logs() {
        runtime.child.stdin?.end();
        await runtime.closed;
        return runtime.printed();
      },
      async stop() {
        runtime.child.kill("SIGKILL");
        await runtime.closed;
        runtime.removeFolder();
      },
    } satisfies Target;
  };
}

function goneReply(whenGone: "connection-lost" | "command-exited"): Reply {
  return whenGone === "connection-lost"
    ? { status: "gone", body: undefined }
    : { status: 400, body: { error: "command exited" } };
}

function deadReply(whenGone: "connection-lost" | "command-exited"): Reply {
  return whenGone === "connection-lost"
    ? { status: "gone", body: undefined }
    : { status: 500, body: { error: "no action defined yet" } };
}
