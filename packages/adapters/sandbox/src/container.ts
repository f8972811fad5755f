import { type Container, type ContainerExit, ContainerGone, type OutputListener } from "@meringue/core";
import { type Cgroup, MIB, until } from "./cgroup.ts";
import type { Launcher } from "./launcher.ts";
import type { NetworkPlace } from "./network.ts";
import { signal, treeOf } from "./process-tree.ts";
import type { SandboxProcess } from "./sandbox-process.ts";
import { exactMemoryOf, usageOf, type Watch, type Watched } from "./watchdog.ts";

/** All that a container consists of on the host. */
export interface ContainerParts {
  readonly name: string;
  readonly memoryMb: number;
  readonly launcher: Launcher;
  readonly process: SandboxProcess;
  readonly place: NetworkPlace;
  /** Undefined where there are no control groups: then it is watched. */
  readonly cgroup: Cgroup | undefined;
  /** Undefined where the kernel alone sees to the limits. */
  readonly watch: Watch | undefined;
  /** Size of each of its writable folders, which lie in memory, in bytes; 0 when it has none of its own. */
  readonly folderBytes: number;
  /** Frees whatever else was made for it; the last thing that is done. */
  readonly cleanUp: () => void;
}

/** Processes and threads of one container. */
export const MAX_PROCESSES = 1024;

/** Puts the parts together. */
export function container(parts: ContainerParts): Container {
  const { name, launcher, process: sandbox, cgroup, watch } = parts;
  const guard = memoryGuard(parts);
  watch?.add(guard.watched);
  let isPaused = false;
  let hasEnded = false;
  let removal: Promise<void> | undefined;
  const exited = sandbox.ended.then(({ code }): ContainerExit => {
    hasEnded = true;
    watch?.remove(guard.watched);
    return { reason: guard.ranOut() ? "out-of-memory" : "exited", code };
  });

  return {
    name,
    exited,
    toolchain: async () => launcher.toolchain,
    channel: {
      protocol: "launcher",
      input: sandbox.input,
      output: sandbox.output,
      whenGone: launcher.whenGone,
      logsEnd: "answer",
    },
    onOutput: (listener) => listen(sandbox, listener),
    async pause() {
      if (isPaused || hasEnded) return;
      isPaused = true;
      await (cgroup === undefined ? stopTree(sandbox.pid) : cgroup.freeze());
    },
    async resume() {
      if (hasEnded || removal !== undefined) throw new ContainerGone(`container ${name} has ended`);
      if (!isPaused) return;
      await (cgroup === undefined ? continueTree(sandbox.pid) : cgroup.thaw());
      isPaused = false;
    },
    remove() {
      removal ??= removeAll(parts, exited, guard.watched);
      return removal;
    },
  };
}

function listen({ stdout, stderr }: SandboxProcess, listener: OutputListener): void {
  stdout.removeAllListeners("data").on("data", (chunk: Buffer) => listener("stdout", chunk));
  stderr.removeAllListeners("data").on("data", (chunk: Buffer) => listener("stderr", chunk));
}

/** Tells whether memory ran out, and ends the container when it did: it is one unit, whichever process it hit. */
function memoryGuard({ process: sandbox, cgroup, memoryMb, folderBytes }: ContainerParts): {
  readonly watched: Watched;
  ranOut(): boolean;
} {
  let wasTooMuch = false;
  const limitBytes = memoryMb * MIB;
  const measured = { pid: sandbox.pid, folderBytes };
  const ranOut = (): boolean => wasTooMuch || (cgroup !== undefined && cgroup.memoryKills() > 0);
  return {
    ranOut,
    watched: {
      look(processes) {
        if (cgroup !== undefined) {
          if (cgroup.memoryKills() > 0) sandbox.kill();
          return;
        }
        const usage = usageOf(measured, processes);
        wasTooMuch ||= usage.memoryBytes > limitBytes && exactMemoryOf(measured, processes) > limitBytes;
        if (wasTooMuch || usage.processes > MAX_PROCESSES) sandbox.kill();
      },
    },
  };
}

async function removeAll(parts: ContainerParts, exited: Promise<unknown>, watched: Watched): Promise<void> {
  const { process: sandbox, cgroup, place, watch } = parts;
  watch?.remove(watched);
  await using undo = new AsyncDisposableStack(); // each is done whatever became of the one before
  undo.defer(parts.cleanUp);
  undo.defer(() => place.release());
  undo.defer(() => {
    for (const stream of [sandbox.input, sandbox.output, sandbox.stdout, sandbox.stderr]) stream.destroy();
  });
  undo.defer(() => cgroup?.remove());
  sandbox.kill();
  await cgroup?.thaw(); // what is frozen does not die
  await exited;
}

/** Stops all processes. One may fork before it is reached, so it goes on until nobody moves. */
function stopTree(pid: number): Promise<void> {
  return until("stopping", () => {
    const moving = treeOf(pid).filter((entry) => entry.state !== "T");
    for (const entry of moving) signal(entry.pid, "SIGSTOP");
    return moving.length === 0;
  });
}

async function continueTree(pid: number): Promise<void> {
  for (const entry of treeOf(pid)) signal(entry.pid, "SIGCONT");
}
