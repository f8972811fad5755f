import { execFile } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { promisify } from "node:util";
import { httpClient, ownAddress, untilOpen } from "./http-target.ts";
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

/**
 * A container of an image whose proxy listens where the environment says, on this machine's own network.
 * @param memory as Docker writes it
 */
export function imageTarget(image: string, memory = MEMORY): StartTarget {
  const engine = process.env["DOCKER_HOST"] ?? "";
  const docker = (...words: readonly string[]): string[] => ["docker", "--host", engine, ...words];
  return async (env = {}) => {
    const address = ownAddress();
    const name = `conformance-${address.host}`;
    const variables = { MERINGUE_HOST: address.host, MERINGUE_PORT: `${address.port}`, ...env };
    const flags = Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
    const argv = docker("run", "--rm", "--name", name, "--network", "host", "--memory", memory, ...flags, image);
    const runtime = startProcess({ argv }, {}, "ignore");
    const end = async (): Promise<void> => {
      await kill(engine, name);
      await runtime.closed;
    };
    await untilOpen(address, runtime).catch(async (error: unknown) => {
      await end();
      runtime.removeFolder();
      throw error;
    });
    const { post, stream, close } = httpClient(address);
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

/** Asks the engine itself: its command line takes longer to start than the container takes to end. */
async function kill(engine: string, name: string): Promise<void> {
  const options = { socketPath: engine.replace(/^unix:\/\//, ""), path: `/containers/${name}/kill`, method: "POST" };
  const [answer] = (await once(request(options).end(), "response")) as [IncomingMessage];
  answer.resume(); // a refusal says that it has ended by itself
  await once(answer, "end");
}
