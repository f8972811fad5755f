import { closeSync, constants, mkdirSync, openSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";
import { type HostTools, runTool } from "./host-tools.ts";

/** A pipe from a container: what it writes at one end is read at the other. */
export interface LogPipe {
  /** Descriptor of the writing end, for the process that is spawned. */
  readonly writeEnd: number;
  readonly reader: Socket;
  /** Closes our copy of the writing end, once the process has its own. */
  handedOver(): void;
}

/** Makes real pipes. What node itself gives a child is a socket, and `echo >/dev/stdout` cannot open a socket. */
export interface LogPipes {
  take(): Promise<LogPipe>;
}

/** Named pipes are made this many at a time, by one process, since node cannot make them. */
const BATCH = 32;

/** @param folder on the host, for us only; made here */
export function logPipes(folder: string, tools: HostTools): LogPipes {
  mkdirSync(folder, { recursive: true });
  const mkfifo = tools.need("mkfifo");
  const ready: string[] = [];
  let made = 0;
  let making: Promise<void> | undefined;

  async function make(): Promise<void> {
    const paths = Array.from({ length: BATCH }, () => `${folder}/${(made++).toString(36)}`);
    try {
      // Programs open them once more by way of /proc, as whichever user they are; by this path nobody but us can.
      await runTool([mkfifo, "-m", "666", ...paths]);
      ready.push(...paths);
    } finally {
      making = undefined;
    }
  }
  return {
    async take() {
      while (ready.length === 0) await (making ??= make());
      const path = ready.shift() ?? "";
      if (ready.length < BATCH / 4 && making === undefined) {
        making = make();
        making.catch(() => undefined); // whoever finds nothing ready tries again, and is told
      }
      return open(path);
    },
  };
}

/** Opens both ends and takes the name away: from then on it is a pipe like any other. */
function open(path: string): LogPipe {
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  unlinkSync(path);
  const reader = new Socket({ fd: readEnd, readable: true, writable: false });
  return { writeEnd, reader, handedOver: () => closeSync(writeEnd) };
}
