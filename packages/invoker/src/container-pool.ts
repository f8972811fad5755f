import { type Clock, ContainerStartFailed } from "@meringue/core";
import { type CellClass, cellKey } from "./cell.ts";
import { type ContainerTable, containerTable } from "./container-table.ts";
import { roomMaker } from "./eviction.ts";
import { type IdleSweeper, idleSweeper } from "./idle-sweeper.ts";
import type { Job, Outcome } from "./job.ts";
import { type PooledContainer, transition } from "./pooled-container.ts";
import { type OwnerQueue, waitingJobs } from "./waiting-jobs.ts";

export interface PoolOptions {
  /** Memory that all containers together may hold, in mebibytes. */
  readonly memoryMb: number;
  /** Containers that may be started at the same time. */
  readonly parallelStarts: number;
  /** Idle time after which a container is frozen, and after which it is removed; milliseconds. */
  readonly pauseGraceMs: number;
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
  /** Creates a container of a class. @throws ContainerStartFailed */
  readonly create: (cell: CellClass) => Promise<PooledContainer>;
  /** What went wrong where no activation could be told. */
  readonly warn: (text: string, error: unknown) => void;
  /** Called when nobody waits and containers or memory may have come free. */
  readonly onSpare?: () => void;
  /** Called when a stem cell could not be started. */
  readonly onCellFailed?: (cell: CellClass) => void;
}

/** How long a job may be overtaken by ones that need less memory, in milliseconds. */
const STARVING_MS = 2_000;

/**
 * Places activations in containers. A container serves one owner (namespace, action, revision) for life; memory is never
 * over-committed; a waiting activation takes whichever comes first, a warm container or a new one.
 */
export class ContainerPool {
  readonly table: ContainerTable = containerTable();
  readonly #options: PoolOptions;
  readonly #waiting = waitingJobs();
  readonly #starting = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();
  readonly #removals = new Set<Promise<void>>();
  readonly #sweeper: IdleSweeper;
  readonly #makeRoom: (cell: CellClass) => boolean;
  #startsInFlight = 0;
  #closing = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#makeRoom = roomMaker(this.table, options.memoryMb, (pooled) => this.#remove(pooled, "evict"));
    this.#sweeper = idleSweeper(this.table, options, {
      expire: (pooled) => this.#remove(pooled, "evict"),
      pause: (pooled) => this.#pause(pooled),
    });
  }

  /** Activations that have no container yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Runs the job at once, or keeps it until a container can be had. */
  submit(job: Job): void {
    if (this.#closing) return; // its journal entry runs it after the next start
    if (job.cell.memoryMb > this.#options.memoryMb) {
      const text = `${job.cell.memoryMb} MB is more than the ${this.#options.memoryMb} MB that all containers together may hold`;
      return job.fail(new ContainerStartFailed("host", text));
    }
    const warm = this.table.withRoom(job.owner.key);
    if (warm !== undefined) return this.#runIn(warm, job);
    this.#waiting.add(job, "back");
    this.#pump();
  }

  /** Starts a stem cell if there is memory to spare and nobody waits. @returns whether it did. */
  addCell(cell: CellClass): boolean {
    const full = this.table.usedMb + cell.memoryMb > this.#options.memoryMb;
    if (this.#closing || full || this.waiting > 0 || this.#atStartCap()) return false;
    this.#start(cell);
    return true;
  }

  /** Stem cells of a class that are ready or being started. */
  countCells(cell: CellClass): number {
    const key = cellKey(cell);
    return this.table.cells(key).length + (this.#starting.get(key) ?? 0);
  }

  /** Ends up to `count` stem cells of a class. */
  dropCells(cell: CellClass, count: number): void {
    for (const pooled of this.table.cells(cellKey(cell)).slice(0, Math.max(0, count))) this.#remove(pooled, "evict");
  }

  /**
   * Lets what runs finish for `drainMs`, then removes every container. What waits is let go without a word: it was
   * accepted, and whoever accepted it knows how to run it later.
   */
  async close(drainMs: number): Promise<void> {
    this.#closing = true;
    this.#sweeper.stop();
    this.#waiting.clear();
    const timeUp = new Promise((resolve) => this.#options.clock.after(drainMs, () => resolve(undefined)));
    await Promise.race([Promise.all(this.#running), timeUp]);
    for (const pooled of [...this.table.all()]) this.#remove(pooled, "fail");
    while (this.#running.size + this.#removals.size > 0) await Promise.all([...this.#running, ...this.#removals]);
  }

  #start(cell: CellClass): void {
    const key = cellKey(cell);
    const release = this.table.reserve(cell.memoryMb);
    this.#starting.set(key, (this.#starting.get(key) ?? 0) + 1);
    this.#startsInFlight++;
    const settled = (): void => {
      release();
      this.#starting.set(key, (this.#starting.get(key) ?? 1) - 1);
      this.#startsInFlight--;
    };
    const started = this.#options.create(cell).then(
      (pooled) => {
        settled();
        this.table.add(pooled);
        transition(pooled, "created");
        this.#watch(pooled);
        this.#offer(pooled);
      },
      (error: unknown) => {
        settled();
        this.#startFailed(cell, error);
      },
    );
    this.#track(started.then(() => this.#pump()));
  }

  #startFailed(cell: CellClass, error: unknown): void {
    const job = this.#waiting.takeForCell(cellKey(cell));
    if (job !== undefined) return job.fail(error);
    this.#options.warn(`cannot start a container for ${cell.kind}`, error);
    this.#options.onCellFailed?.(cell);
  }

  /** A container whose process ended by itself is no good any more; while it works, its activation finds out. */
  #watch(pooled: PooledContainer): void {
    void pooled.container.exited.then(() => {
      pooled.logs.end();
      if (pooled.inFlight === 0) this.#remove(pooled, "fail");
    });
  }

  /** Gives a container that has room to whoever waits for one like it. */
  #offer(pooled: PooledContainer): void {
    if (this.#closing) return this.#remove(pooled, "fail");
    const { owner } = pooled;
    if (owner === undefined) {
      const job = this.#waiting.takeForCell(cellKey(pooled.cell));
      if (job !== undefined) this.#assign(pooled, job);
      return;
    }
    while (pooled.inFlight < owner.concurrency && (pooled.state === "busy" || pooled.state === "paused")) {
      const job = this.#waiting.takeFor(owner.key);
      if (job === undefined) return;
      this.#runIn(pooled, job);
    }
  }

  #assign(pooled: PooledContainer, job: Job): void {
    transition(pooled, "assign");
    this.table.delete(pooled);
    pooled.owner = job.owner;
    this.table.add(pooled);
    pooled.inFlight = 1;
    this.#track(this.#work(pooled, job));
  }

  #runIn(pooled: PooledContainer, job: Job): void {
    const wasPaused = pooled.state === "paused";
    transition(pooled, "run");
    pooled.inFlight++;
    this.#track(wasPaused ? this.#resumeAndWork(pooled, job) : this.#work(pooled, job));
  }

  async #resumeAndWork(pooled: PooledContainer, job: Job): Promise<void> {
    try {
      await pooled.container.resume();
    } catch (error) {
      this.#options.warn(`cannot resume container ${pooled.name}`, error);
      return this.#settle(pooled, job, "reschedule");
    }
    if (pooled.state === "resuming") transition(pooled, "resumed");
    this.#offer(pooled);
    await this.#work(pooled, job);
  }

  async #work(pooled: PooledContainer, job: Job): Promise<void> {
    const initialized = (): void => {
      if (pooled.state !== "initializing") return;
      transition(pooled, "initialized");
      this.#offer(pooled);
    };
    let outcome: Outcome;
    try {
      outcome = await job.run(pooled, initialized);
    } catch (error) {
      job.fail(error);
      outcome = "destroy";
    }
    this.#settle(pooled, job, outcome);
  }

  #settle(pooled: PooledContainer, job: Job, outcome: Outcome): void {
    pooled.inFlight--;
    if (outcome !== "keep") this.#remove(pooled, "fail");
    else if (pooled.state === "busy") this.#becomeFree(pooled);
    if (outcome === "reschedule" && !this.#closing) this.#waiting.add(job, "front");
    this.#pump();
  }

  #becomeFree(pooled: PooledContainer): void {
    this.#offer(pooled);
    if (pooled.inFlight > 0 || pooled.state !== "busy") return;
    transition(pooled, "done");
    pooled.idleSince = this.#options.clock.now();
    this.#sweeper.arm();
  }

  #pause(pooled: PooledContainer): void {
    transition(pooled, "pause");
    pooled.client.release();
    pooled.container.pause().then(
      () => {
        if (pooled.state !== "pausing") return;
        transition(pooled, "paused");
        this.#offer(pooled);
      },
      (error: unknown) => {
        this.#options.warn(`cannot freeze container ${pooled.name}`, error);
        this.#remove(pooled, "fail");
      },
    );
  }

  #remove(pooled: PooledContainer, event: "evict" | "fail"): void {
    if (pooled.state === "removing" || pooled.state === "gone") return;
    transition(pooled, event);
    const removal = pooled.container
      .remove()
      .catch((error: unknown) => this.#options.warn(`cannot remove container ${pooled.name}`, error))
      .then(() => {
        pooled.client.close();
        pooled.logs.end();
        transition(pooled, "removed");
        this.table.delete(pooled);
        this.#removals.delete(removal);
        this.#pump();
      });
    this.#removals.add(removal);
  }

  /** Starts what the waiting need: cells that are ready first, then as many new containers as memory and the cap allow. */
  #pump(): void {
    if (this.#closing) return;
    const underway = new Map(this.#starting);
    for (const queue of this.waiting === 0 ? [] : this.#waiting.byAge()) {
      const served = this.#serve(queue, underway);
      const starving = this.#options.clock.now() - queue.head.since > STARVING_MS;
      if (this.#atStartCap() || (!served && starving)) return; // what comes free next is for this one
    }
    if (this.waiting === 0) this.#options.onSpare?.();
  }

  /** @param underway containers being started, by class, that no queue has counted on yet. @returns whether all are served. */
  #serve({ ownerKey, jobs, head }: OwnerQueue, underway: Map<string, number>): boolean {
    const key = cellKey(head.cell);
    let wanted = containersWanted(this.table, ownerKey, jobs);
    for (const cell of this.table.cells(key)) {
      const job = wanted > 0 ? this.#waiting.takeFor(ownerKey) : undefined;
      if (job === undefined) break;
      this.#assign(cell, job);
      wanted--;
    }
    const counted = Math.max(0, Math.min(wanted, underway.get(key) ?? 0));
    underway.set(key, (underway.get(key) ?? 0) - counted);
    for (wanted -= counted; wanted > 0; wanted--) {
      if (this.#atStartCap() || !this.#makeRoom(head.cell)) return false;
      this.#start(head.cell);
    }
    return true;
  }

  #atStartCap(): boolean {
    return this.#startsInFlight >= this.#options.parallelStarts;
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }
}

/** Containers that an owner's waiting jobs need beyond the room its initializing ones will soon have. */
function containersWanted(table: ContainerTable, ownerKey: string, jobs: readonly Job[]): number {
  const concurrency = jobs[0]?.owner.concurrency ?? 1;
  let soon = 0;
  for (const pooled of table.of(ownerKey)) {
    if (pooled.state === "initializing" || pooled.state === "resuming") soon += concurrency - pooled.inFlight;
    if (pooled.state === "pausing") soon += concurrency;
  }
  return Math.ceil((jobs.length - soon) / concurrency);
}
