import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LoadGenerator, LoadRequest, LoadResult, LoadSpec } from "./load.ts";

const run = promisify(execFile);
const RESULT = /^RESULT (.+)$/m;

/**
 * What wrk does at the end. It has added latencies that it thinks it would have seen, had it sent requests evenly
 * (`stats_correct` in its source); they are taken out again, largest first, as they were put in: what is left must be as
 * many as there were answers. Latencies are counted by the microsecond in an array at the end of a struct.
 */
const DONE = `
local ffi = require("ffi")
ffi.cdef("typedef struct { uint64_t count, limit, min, max, data[1]; } bench_stats;")
function done(summary, latency)
  local stats = ffi.cast("bench_stats **", latency)[0]
  local data, max = stats.data, tonumber(stats.max)
  local each = math.floor(summary.requests / CONNECTIONS)
  local expected = each > 0 and math.floor(summary.duration / each) or max + 1
  for n = max, expected * 2, -1 do
    local count, m = data[n], n - expected
    while count > 0 and m > expected do
      data[m] = data[m] - count
      m = m - expected
    end
  end
  local total, sum = 0, 0
  for n = 0, max do
    local count = tonumber(data[n])
    total, sum = total + count, sum + count * n
  end
  local function percentile(share)
    local seen = 0
    for n = 0, max do
      seen = seen + tonumber(data[n])
      if seen >= share * total then return n end
    end
    return 0
  end
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"recorded":%d,"badAnswers":%d,"socketErrors":%d,"seconds":%.6f,"p50":%d,"p99":%d,"mean":%.3f}\\n',
    summary.requests, total, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, percentile(0.5), percentile(0.99), sum / math.max(total, 1)))
end
`;

/** @returns undefined when wrk is not installed. */
export async function wrkLoad(): Promise<LoadGenerator | undefined> {
  const version = await wrkVersion();
  return version === undefined ? undefined : { name: `wrk ${version}`, run: runWrk };
}

async function wrkVersion(): Promise<string | undefined> {
  try {
    // It says its version and how it is used, and fails.
    const { stdout, stderr } = await run("wrk", ["--version"]).catch((error) => {
      if (error.code === "ENOENT") throw error;
      return error as { stdout: string; stderr: string };
    });
    return /\d[\w.]*/.exec(stdout + stderr)?.[0] ?? "of an unknown version";
  } catch {
    return undefined;
  }
}

async function runWrk(spec: LoadSpec): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), "meringue-wrk-"));
  try {
    const script = join(folder, "load.lua");
    await writeFile(script, luaOf(spec.requests, spec.connections));
    const threads = Math.min(spec.connections, Math.max(1, availableParallelism() >> 1));
    const seconds = Math.max(1, Math.round(spec.seconds)); // wrk counts in whole seconds
    const words = ["-t", threads, "-c", spec.connections, "-d", `${seconds}s`, "--timeout", "10s", "-s", script];
    const command = ["wrk", ...words.map(String), spec.origin];
    const [file = "wrk", ...args] = spec.cpu === undefined ? command : ["taskset", "-c", `${spec.cpu}`, ...command];
    const { stdout } = await run(file, args);
    const text = RESULT.exec(stdout)?.[1];
    if (text === undefined) throw new Error(`wrk gave no result:\n${stdout}`);
    return checked(JSON.parse(text) as LoadResult & { readonly recorded: number });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws Error when wrk keeps its latencies in another way than {@link DONE} thinks. */
function checked({ recorded, ...result }: LoadResult & { readonly recorded: number }): LoadResult {
  if (result.socketErrors === 0 && recorded !== result.requests) {
    throw new Error(`this wrk cannot be used: it has ${recorded} latencies of ${result.requests} requests`);
  }
  return result;
}

/** What wrk is to send, and to print at the end. One request is sent as it is, without asking the script each time. */
function luaOf(requests: readonly LoadRequest[], connections: number): string {
  const [first] = requests;
  if (first === undefined) throw new Error("there is nothing to send");
  const headers = (request: LoadRequest): string =>
    `{ ${Object.entries(request.headers)
      .map(([name, value]) => `[${lua(name)}] = ${lua(value)}`)
      .join(", ")} }`;
  const body = (request: LoadRequest): string => (request.body === "" ? "nil" : lua(request.body));
  const formatted = (request: LoadRequest): string =>
    `wrk.format(${lua(request.method)}, ${lua(request.path)}, ${headers(request)}, ${body(request)})`;
  const one = `wrk.method, wrk.path, wrk.headers, wrk.body = ${lua(first.method)}, ${lua(first.path)}, ${headers(first)}, ${body(first)}`;
  const many = `
local all, at = {}, 0
function init()
${requests.map((request, index) => `  all[${index + 1}] = ${formatted(request)}`).join("\n")}
end
function request()
  at = at % #all + 1
  return all[at]
end`;
  return `${requests.length === 1 ? one : many}
${DONE.replace("CONNECTIONS", String(connections))}`;
}

/** Text as Lua writes it. */
function lua(text: string): string {
  const escaped = text.replaceAll(/[^ !#-[\]-~]/g, (character) =>
    Array.from(Buffer.from(character), (byte) => `\\${String(byte).padStart(3, "0")}`).join(""),
  );
  return `"${escaped}"`;
}
