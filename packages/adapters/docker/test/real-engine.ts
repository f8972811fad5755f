import type { Container, ContainerRuntime, ContainerSpec } from "@meringue/core";
import { engineClient, negotiateVersion } from "../src/engine-client.ts";
import { dockerUnavailable, engineSocketPath } from "../src/engine-socket.ts";
import { type DockerOptions, dockerRuntime } from "../src/index.ts";
import { ownedBy } from "../src/labels.ts";
import { callerTellingEntrance } from "./caller-telling-entrance.ts";
import { spec } from "./played-runtime.ts";

/** The engine that tests run against. */
export const SOCKET_PATH = engineSocketPath(process.env["DOCKER_HOST"]);
export const IMAGE = "meringue/action-nodejs-v24";
const CALL_TIMEOUT_MS = 10_000;
const RETRY_MS = 10;

/** @returns undefined when tests can run containers, else why not. */
export async function whyNoContainers(): Promise<string | undefined> {
  const unavailable = await dockerUnavailable(SOCKET_PATH);
  if (unavailable !== undefined) return `no Docker engine answers (${unavailable})`;
  const images = (await ask(
    "GET",
    `/images/json?filters=${encodeURIComponent(`{"reference":["${IMAGE}"]}`)}`,
  )) as unknown[];
  return images.length > 0 ? undefined : `no image ${IMAGE} (scripts/images.ts builds it)`;
}

/** One call to an engine, past the runtime. */
export async function ask(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> {
  const engine = engineClient(SOCKET_PATH);
  try {
    await negotiateVersion(engine, CALL_TIMEOUT_MS);
    return await engine.call(method, path, { timeoutMs: CALL_TIMEOUT_MS, ...(body === undefined ? {} : { body }) });
  } finally {
    await engine.close();
  }
}

/** Ids of all that an owner has, running or not. */
export async function containersOf(ownerId: string): Promise<readonly string[]> {
  const list = (await ask("GET", `/containers/json?all=true&${ownedBy(ownerId)}`)) as { Id: string }[];
  return list.map(({ Id }) => Id);
}

/** An image like the nodejs one that runs something else; removed at the end of the test. */
export async function imageThatRuns(...command: string[]): Promise<{ readonly name: string } & AsyncDisposable> {
  const name = `meringue/test-${newOwner()}`;
  const { Id } = (await ask("POST", "/containers/create", { Image: IMAGE })) as { Id: string };
  await ask("POST", `/commit?container=${Id}&repo=${name}`, { Cmd: command });
  await ask("DELETE", `/containers/${Id}`);
  return {
    name,
    async [Symbol.asyncDispose]() {
      await ask("DELETE", `/images/${name}`);
    },
  };
}

/** A name that no other test uses. */
export function newOwner(): string {
  return `test-${process.pid}-${Math.random().toString(36).slice(2, 10)}`;
}

export interface RealRuntime extends AsyncDisposable {
  readonly runtime: ContainerRuntime;
  readonly ownerId: string;
  /** Starts a container for nodejs:24 and gives it an action. */
  action(code: string, change?: Partial<ContainerSpec>): Promise<ActionContainer>;
  /** Starts a container. */
  start(change: Partial<ContainerSpec>): Promise<ActionContainer>;
}

export interface ActionContainer {
  readonly container: Container;
  readonly output: Readonly<Record<"stdout" | "stderr", () => string>>;
  /** Posts to /init until something listens. @returns the body of the answer. */
  init(value: object): Promise<unknown>;
  /** @returns the body of the answer. @throws TypeError when there is none. */
  run(value?: unknown): Promise<unknown>;
}

/** A runtime on the real engine, gone with all its containers at the end of the test. */
export async function realRuntime(options: Partial<DockerOptions> = {}): Promise<RealRuntime> {
  const ownerId = options.ownerId ?? newOwner();
  const entrance = callerTellingEntrance();
  const runtime = await dockerRuntime({ ownerId, socketPath: SOCKET_PATH, entrance, ...options });
  let started = 0;
  const start: RealRuntime["start"] = async (change) => {
    const container = await runtime.create(spec({ name: `wsk0_${++started}`, image: IMAGE, ...change }));
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    container.onOutput((stream, chunk) => chunks[stream].push(chunk));
    return {
      container,
      output: {
        stdout: () => Buffer.concat(chunks.stdout).toString(),
        stderr: () => Buffer.concat(chunks.stderr).toString(),
      },
      init: (value) => post(container, "/init", { value }, true),
      run: (argument = {}) => post(container, "/run", { value: argument, activation_id: "0".repeat(32) }, false),
    };
  };
  return {
    runtime,
    ownerId,
    start,
    async action(code, change = {}) {
      const container = await start(change);
      await container.init({ name: "test", main: "main", binary: false, code, env: null });
      return container;
    },
    [Symbol.asyncDispose]: () => runtime.close(),
  };
}

/** A container that was just started refuses connections for a while: then, if told to, it is tried again. */
export async function post(container: Container, path: string, body: unknown, untilReady: boolean): Promise<unknown> {
  const { channel } = container;
  if (channel.protocol !== "http" || !("host" in channel.address)) throw new TypeError("it has no address");
  const url = `http://${channel.address.host}:${channel.address.port}${path}`;
  for (;;) {
    try {
      const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
      return await response.json();
    } catch (error) {
      const { code } = (error as { cause?: { code?: string } }).cause ?? {};
      if (!untilReady || code !== "ECONNREFUSED") throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
