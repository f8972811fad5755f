import { type Berth, freeBerth } from "./berth.ts";
import { killMarked } from "./leftover-processes.ts";
import type { SandboxCommand } from "./sandbox-command.ts";

/** A berth whose shell has become the sandbox. It is nobody's container yet. */
export interface LaidSandbox {
  readonly berth: Berth;
  readonly command: SandboxCommand;
  /** Whether its control groups have the limits of a container already. */
  readonly isLimited: boolean;
}

/** Frees what was made for a sandbox beside its berth. */
export function cleanUpAfter({ command }: LaidSandbox): void {
  command.cleanUp?.();
  if (command.mark !== undefined) killMarked((mark) => mark === command.mark);
}

/** Ends a sandbox that has become no container. */
export async function freeLaid(laid: LaidSandbox): Promise<void> {
  await freeBerth(laid.berth);
  cleanUpAfter(laid);
}
