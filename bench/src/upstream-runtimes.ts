/**
 * Stands in for `packages/server/src/container-runtimes.ts` in a server that is measured with OpenWhisk's own nodejs
 * runtime: containers are processes of it. Put in its place by upstream-preload.ts.
 */
import { once } from "node:events";
import type { Container, ContainerExit, ContainerRuntime, OutputListener } from "@meringue/core";
import { startUpstream, type UpstreamProcess } from "./upstream-process.ts";

export class NoContainers extends Error {
  override readonly name = "NoContainers";
}

/** As the server asks for it; nothing is chosen here. */
export async function chooseRuntimes() {
  return { runtimes: [upstreamRuntime(process.env["BENCH_UPSTREAM_RUNTIME"] ?? "")], notes: [] };
}

function upstreamRuntime(checkout: string): ContainerRuntime {
  const running = new Set<UpstreamProcess>();
  return {
    name: "processes of OpenWhisk's runtime",
    isolation: { level: "none", lines: ["nothing is isolated: this server is for measuring"] },
    whyNot: (kind) => (kind.startsWith("nodejs:") ? undefined : "only nodejs is measured"),
    async create({ name, env }) {
      const upstream = await startUpstream(checkout, { cpu: Number(process.env["BENCH_UPSTREAM_CPU"] ?? 0), env });
      running.add(upstream);
      upstream.child.once("exit", () => running.delete(upstream));
      return container(name, upstream);
    },
    removeLeftovers: async () => 0,
    close: async () => {
      await Promise.all(Array.from(running, (each) => each.end()));
    },
  };
}

function container(name: string, { child, port, end }: UpstreamProcess): Container {
  const early: Parameters<OutputListener>[] = [];
  let listener: OutputListener = (...output) => early.push(output);
  child.stdout?.on("data", (chunk: Buffer) => listener("stdout", chunk));
  child.stderr?.on("data", (chunk: Buffer) => listener("stderr", chunk));
  return {
    name,
    channel: { protocol: "http", address: { host: "127.0.0.1", port } },
    exited: once(child, "exit").then(([code]): ContainerExit => ({ reason: "exited", code: code as number | null })),
    onOutput(next) {
      listener = next;
      for (const output of early.splice(0)) next(...output);
    },
    pause: async () => void child.kill("SIGSTOP"),
    resume: async () => void child.kill("SIGCONT"),
    remove: end,
  };
}
