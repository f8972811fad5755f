import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";

/** A host program that answered with a failure. */
export class ToolFailed extends Error {
  override readonly name = "ToolFailed";
}

/** The host's programs, found once each. */
export interface HostTools {
  /** Where they are looked for, as PATH has it. */
  readonly searchPath: string;
  /** @returns the absolute path, undefined when it is not installed. */
  find(name: string): string | undefined;
  /** @throws ToolFailed when it is not installed. */
  need(name: string): string;
}

const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** @param toolPath colon-separated folders; by default PATH, then where distributions keep system tools */
export function hostTools(toolPath?: string): HostTools {
  const searchPath = toolPath ?? [...(process.env["PATH"] ?? "").split(":"), ...SYSTEM_FOLDERS].join(":");
  const folders = searchPath.split(":").filter((folder) => folder.startsWith("/"));
  const known = new Map<string, string | undefined>();
  const find = (name: string): string | undefined => {
    if (!known.has(name)) known.set(name, folders.map((folder) => `${folder}/${name}`).find(isProgram));
    return known.get(name);
  };
  return {
    searchPath,
    find,
    need(name) {
      const path = find(name);
      if (path === undefined) throw new ToolFailed(`${name} is not installed`);
      return path;
    },
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // absent or not ours to run: both mean that it cannot be used
  }
}

/** The longest that a host program may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Runs a host program to its end.
 * @param input what it reads on stdin
 * @returns what it printed
 * @throws ToolFailed with its complaint when it does not end well within 10 seconds
 */
export function runTool(argv: readonly string[], input = ""): Promise<string> {
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "pipe", timeout: TIMEOUT_MS, killSignal: "SIGKILL", env: toolEnv() });
    let out = "";
    let complaint = "";
    child.on("error", (cause) => reject(new ToolFailed(`${program} could not be started`, { cause })));
    if (child.pid === undefined) return; // its streams may not even be there
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    child.on("close", (code, signal) => {
      if (code === 0) resolve(out);
      else reject(new ToolFailed(`${program}: ${oneLine(complaint) || `ended with ${signal ?? code}`}`));
    });
    child.stdin.on("error", () => undefined); // it may end without reading all: its exit status is what counts
    child.stdin.end(input);
  });
}

/** The environment of host programs: never that of a container. */
export function toolEnv(searchPath = process.env["PATH"] ?? ""): Record<string, string> {
  return { PATH: [searchPath, ...SYSTEM_FOLDERS].join(":"), LC_ALL: "C" };
}

/** A program's complaint, in one line: what comes first often says why, and what comes last where. */
function oneLine(text: string): string {
  return text
    .trim()
    .split(/\s*\n\s*/)
    .join("; ");
}

/** The last line of a program's complaint that says something. */
export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}

/** What went wrong, in one line, for the operator. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? lastLine(error.message) : String(error);
}
