import { ContainerGone, type ContainerRuntime, type ContainerSpec, ContainerStartFailed } from "@meringue/core";
import { type FakeContainer, type FakeContainerOptions, fakeContainer } from "./fake-container.ts";

/** How a {@link fakeContainerRuntime} behaves. What is left out happens at once, and works. */
export interface FakeRuntimeOptions
  extends Pick<FakeContainerOptions, "script" | "whenGone" | "logsEnd" | "toolchain"> {
  /** Happens while a container is created: may take its time, or throw ContainerStartFailed. */
  readonly creating?: (spec: ContainerSpec) => Promise<void> | void;
  /** Happen while a container is frozen, thawed and removed: may take their time; the first two may throw. */
  readonly pausing?: (container: FakeContainer) => Promise<void> | void;
  readonly resuming?: (container: FakeContainer) => Promise<void> | void;
  readonly removing?: (container: FakeContainer) => Promise<void> | void;
  readonly whyNot?: (kind: string, image: string) => string | undefined;
}

/** A runtime whose containers can be looked at. */
export interface FakeContainerRuntime extends ContainerRuntime {
  /** Those that were created and are not gone, oldest first. */
  readonly containers: readonly FakeContainer[];
  /** How often what was done. */
  readonly counts: Readonly<Record<FakeEvent, number>>;
  /** Memory held now and at most, in mebibytes: from the call that creates a container until it is gone. */
  readonly memoryMb: number;
  readonly peakMemoryMb: number;
}

export type FakeEvent = "created" | "failed" | "removed" | "paused" | "resumed";

/** Runs containers in this process, for tests: they speak the launcher protocol, and do what a script says. */
export function fakeContainerRuntime(options: FakeRuntimeOptions = {}): FakeContainerRuntime {
  const containers = new Set<FakeContainer>();
  const counts: Record<FakeEvent, number> = { created: 0, failed: 0, removed: 0, paused: 0, resumed: 0 };
  let memoryMb = 0;
  let peakMemoryMb = 0;

  const wrap = (spec: ContainerSpec): FakeContainer =>
    fakeContainer(spec, {
      ...options,
      async pausing(container) {
        await options.pausing?.(container);
        counts.paused++;
      },
      async resuming(container) {
        if (!containers.has(container)) throw new ContainerGone();
        await options.resuming?.(container);
        counts.resumed++;
      },
      async removing(container) {
        await options.removing?.(container);
        containers.delete(container);
        counts.removed++;
        memoryMb -= spec.memoryMb;
      },
    });

  return {
    name: "fake",
    isolation: { level: "none", lines: ["containers are objects in this process"] },
    whyNot: (kind, image) => options.whyNot?.(kind, image),
    async create(spec, signal) {
      memoryMb += spec.memoryMb;
      peakMemoryMb = Math.max(peakMemoryMb, memoryMb);
      try {
        if (options.creating !== undefined) await unlessAborted(options.creating(spec), signal);
      } catch (error) {
        memoryMb -= spec.memoryMb;
        counts.failed++;
        throw error;
      }
      counts.created++;
      const container = wrap(spec);
      containers.add(container);
      return container;
    },
    removeLeftovers: async () => 0,
    async close() {
      await Promise.all([...containers].map((container) => container.remove()));
    },
    get containers() {
      return [...containers];
    },
    counts,
    get memoryMb() {
      return memoryMb;
    },
    get peakMemoryMb() {
      return peakMemoryMb;
    },
  };
}

async function unlessAborted(work: Promise<void> | void, signal: AbortSignal | undefined): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new ContainerStartFailed("host", "the start was given up"));
    if (signal?.aborted) fail();
    else signal?.addEventListener("abort", fail, { once: true });
  });
  await Promise.race([work, aborted]);
}
