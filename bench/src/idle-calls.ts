import { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { httpCall } from "./http-call.ts";
import { ARGUMENTS, type Platform } from "./platform.ts";
import type { Row } from "./row.ts";
import type { Bench } from "./scenario.ts";

const CLIENTS = 20;
const IDLE_SECONDS = [7, 60];
const QUICK_IDLE_SECONDS = [0.1];
const TIMEOUT_MS = 10_000;

/**
 * Clients with a connection each call an action, do nothing for a while, and call again on the same connection.
 * @returns how many of the second calls hung or failed, for each while
 */
export async function idleRows(bench: Bench, platform: Platform, action: string): Promise<Row[]> {
  const rows = (bench.quick ? QUICK_IDLE_SECONDS : IDLE_SECONDS).map(async (seconds): Promise<Row> => {
    const failures = await Promise.all(Array.from({ length: CLIENTS }, () => callTwice(platform, action, seconds)));
    const bad = failures.filter((failure) => failure !== undefined);
    for (const failure of new Set(bad)) bench.say(`${action}, after ${seconds} s: ${failure}`);
    const what = `${action}: of ${CLIENTS} calls after ${seconds} s, hung or failed`;
    return { goal: "G22", what, unit: "", values: [bad.length] };
  });
  return Promise.all(rows);
}

/** @returns what went wrong. */
async function callTwice(platform: Platform, action: string, seconds: number): Promise<string | undefined> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { method, path, headers } = platform.invocation(action);
  const call = () =>
    httpCall(platform.origin + path, { method, headers, body: ARGUMENTS, agent, timeoutMs: TIMEOUT_MS });
  try {
    const first = await call();
    await pause(seconds * 1000);
    const second = await call();
    const bad = [first, second].find(({ status }) => status !== 200);
    return bad === undefined ? undefined : `${bad.status} ${bad.text}`;
  } catch (error) {
    return (error as Error).message;
  } finally {
    agent.destroy();
  }
}
