import {
  type ContainerRuntime,
  ContainerStartFailed,
  type ExecutableAction,
  findRuntime,
  isBlackboxNative,
  type Manifest,
  type StemCellConfig,
} from "@meringue/core";
import type { CellClass } from "./cell.ts";
import { type PooledContainer, pooledContainer } from "./pooled-container.ts";
import type { StemCellPlan } from "./stem-cells.ts";

export interface MakerOptions {
  /** In the order of preference. */
  readonly runtimes: readonly ContainerRuntime[];
  readonly manifest: Manifest;
  /** Memory of the whole pool, in mebibytes: shares of the processor are measured against it. */
  readonly memoryMb: number;
  /** When a user's image is pulled. */
  readonly pullPolicy: "if-absent" | "always";
  /** More environment for every container. */
  readonly env: Readonly<Record<string, string>>;
}

/** Knows which container an action needs, and has it made. */
export interface ContainerMaker {
  classOf(action: ExecutableAction): CellClass;
  /** Whether the container marks the end of each activation's log. */
  sentinels(action: ExecutableAction): boolean;
  /** @throws ContainerStartFailed */
  create(cell: CellClass, signal: AbortSignal): Promise<PooledContainer>;
  /** The stem cells that the manifest asks for, where some runtime can make them. */
  stemCellPlans(): readonly StemCellPlan[];
}

/** A maker that asks the first runtime which can. */
export function containerMaker(options: MakerOptions): ContainerMaker {
  const { runtimes, manifest } = options;
  let counter = 0;

  const classOf = ({ action: { exec, limits } }: ExecutableAction): CellClass => {
    if (exec.type === "blackbox") {
      const pull = isBlackboxNative(manifest, exec.image) ? "never" : options.pullPolicy;
      return { kind: exec.kind, image: exec.image, pull, memoryMb: limits.memory };
    }
    const image = findRuntime(manifest, exec.kind)?.image ?? "";
    return { kind: exec.kind, image, pull: "never", memoryMb: limits.memory };
  };

  return {
    classOf,
    sentinels({ action: { exec } }) {
      if (exec.type === "blackbox") return isBlackboxNative(manifest, exec.image);
      return findRuntime(manifest, exec.kind)?.sentinelledLogs ?? true;
    },
    async create(cell, signal) {
      const runtime = runtimeFor(runtimes, cell);
      const name = `wsk_${++counter}_${cell.kind.replaceAll(/[^A-Za-z0-9]/g, "")}`;
      const cpuShares = Math.max(2, Math.floor(1024 / Math.max(1, Math.floor(options.memoryMb / cell.memoryMb))));
      return pooledContainer(await runtime.create({ ...cell, name, cpuShares, env: options.env }, signal), cell);
    },
    stemCellPlans() {
      const plan = (kind: string, image: string, config: StemCellConfig): StemCellPlan => ({
        cell: { kind, image, pull: "never", memoryMb: config.memoryMb },
        config,
      });
      return [...manifest.families.values()]
        .flat()
        .filter(
          ({ kind, image, deprecated }) => !deprecated && runtimes.some((r) => r.whyNot(kind, image) === undefined),
        )
        .flatMap(({ kind, image, stemCells }) => stemCells.map((config) => plan(kind, image, config)));
    },
  };
}

/** @throws ContainerStartFailed naming what each runtime says. */
function runtimeFor(runtimes: readonly ContainerRuntime[], { kind, image }: CellClass): ContainerRuntime {
  const reasons: string[] = [];
  for (const runtime of runtimes) {
    const reason = runtime.whyNot(kind, image);
    if (reason === undefined) return runtime;
    reasons.push(`${runtime.name}: ${reason}`);
  }
  throw new ContainerStartFailed("host", `nothing here can run ${kind} (${reasons.join("; ")})`);
}
