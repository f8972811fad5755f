import type { ContainerRuntime, ContainerSpec } from "@meringue/core";
import { type DockerOptions, dockerRuntime } from "../src/docker-runtime.ts";
import { callerTellingEntrance } from "./caller-telling-entrance.ts";
import { type FakeEngine, fakeEngine } from "./fake-engine.ts";

/** A runtime on an engine that plays what it is told. */
export async function playedRuntime(
  answers: Parameters<typeof fakeEngine>[0] = {},
  options: Partial<DockerOptions> = {},
): Promise<{ engine: FakeEngine; runtime: ContainerRuntime } & AsyncDisposable> {
  const engine = await fakeEngine(answers);
  const { socketPath } = engine;
  const entrance = callerTellingEntrance();
  const settings = { ownerId: "played", socketPath, entrance, shieldHost: false, ...options };
  const runtime = await dockerRuntime(settings).catch(async (error: unknown) => {
    await engine[Symbol.asyncDispose]();
    throw error;
  });
  return {
    engine,
    runtime,
    async [Symbol.asyncDispose]() {
      await runtime.close();
      await engine[Symbol.asyncDispose]();
    },
  };
}

export function spec(change: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    name: "wsk0_1_guest_hello",
    kind: "nodejs:24",
    image: "meringue/action-nodejs-v24",
    pull: "never",
    memoryMb: 256,
    cpuShares: 128,
    env: {},
    ...change,
  };
}
