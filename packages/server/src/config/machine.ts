import { homedir } from "node:os";

/** What the defaults depend on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  /** Bytes that this process could still take, its control group's limit included. */
  readonly availableMemoryBytes: number;
}

/** The machine that this runs on. */
export function thisMachine(): Machine {
  return { platform: process.platform, homeDir: homedir(), availableMemoryBytes: process.availableMemory() };
}
