import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { freePort, httpClient, untilOpen } from "./http-target.ts";
import { startProcess } from "./launcher-target.ts";
import type { StartTarget, Target } from "./target.ts";

const run = promisify(execFile);
const MEMORY = "256m";

/** @returns undefined when containers of an image can be run, else why not. */
export async function whyNoImage(image: string): Promise<string | undefined> {
  if (process.env["DOCKER_HOST"] === undefined) return "no DOCKER_HOST";
  const found = await run("docker", ["image", "inspect", image]).catch((error: Error) => error.message);
  return typeof found === "string" ? `no image ${image}: ${found.trim().split("\n").at(-1)}` : undefined;
}

/** A container of an image whose proxy listens where the environment says, on this machine's own network. */
export function imageTarget(image: string): StartTarget {
  const engine = process.env["DOCKER_HOST"] ?? "";
  const docker = (...words: readonly string[]): string[] => ["docker", "--host", engine, ...words];
  const ask = async (...words: readonly string[]): Promise<void> => {
    const [program = "", ...rest] = docker(...words);
    await run(program, rest).catch(() => undefined); // it has ended by itself
  };
  return async (env = {}) => {
    const port = await freePort();
    const name = `conformance-${process.pid}-${port}`;
    const variables = { MERINGUE_HOST: "127.0.0.1", MERINGUE_PORT: `${port}`, ...env };
    const flags = Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
    const argv = docker("run", "--rm", "--name", name, "--network", "host", "--memory", MEMORY, ...flags, image);
    const runtime = startProcess({ argv }, {}, "ignore");
    await untilOpen(port, () => runtime.child.exitCode !== null);
    const { post, stream, close } = httpClient(port);
    const end = async (): Promise<void> => {
      await ask("kill", name);
      await runtime.closed;
    };
    return {
      init: (value) => post("/init", value === undefined ? {} : { value }),
      run: (body) => post("/run", body),
      stream,
      async logs() {
        await end();
        return runtime.printed();
      },
      async stop() {
        close();
        await end();
        runtime.removeFolder();
      },
    } satisfies Target;
  };
}
