import { engineClient, negotiateVersion } from "./engine-client.ts";

export const DEFAULT_SOCKET_PATH = "/var/run/docker.sock";
/** How long an engine may take to say that it is there, in milliseconds. */
const PROBE_TIMEOUT_MS = 5_000;

/**
 * @param dockerHost the value of `DOCKER_HOST`, if any
 * @returns the path of the engine's Unix socket.
 * @throws TypeError for an engine that is reached in another way (`tcp:`, `ssh:`): its containers are on another machine.
 */
export function engineSocketPath(dockerHost: string | undefined): string {
  if (dockerHost === undefined || dockerHost === "") return DEFAULT_SOCKET_PATH;
  const path = /^unix:\/\/(\/.+)$/.exec(dockerHost)?.[1];
  if (path === undefined)
    throw new TypeError(`DOCKER_HOST must be unix:///PATH, since containers run here: ${dockerHost}`);
  return path;
}

/** @returns undefined when an engine answers that can be used, else why not, in one sentence without a period. */
export async function dockerUnavailable(socketPath: string): Promise<string | undefined> {
  const engine = engineClient(socketPath);
  try {
    await negotiateVersion(engine, PROBE_TIMEOUT_MS);
    return undefined;
  } catch (error) {
    return `no usable Docker engine: ${(error as Error).message}`;
  } finally {
    await engine.close();
  }
}
