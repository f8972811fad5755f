import { ContainerStartFailed, underWay } from "@meringue/core";
import { type CellClass, cellKey } from "./cell.ts";
import { type ContainerStarts, containerStarts } from "./container-starts.ts";
import { type ContainerTable, containerTable } from "./container-table.ts";
import { roomMaker } from "./eviction.ts";
import { type IdleSweeper, idleSweeper } from "./idle-sweeper.ts";
import type { Job, Outcome } from "./job.ts";
import { type KeepAlive, keepAlive } from "./keep-alive.ts";
import { pace } from "./pace.ts";
import { type Placement, placement } from "./placement.ts";
import type { PoolOptions } from "./pool-options.ts";
import { type Owner, type PooledContainer, transition } from "./pooled-container.ts";
import { type Pump, pump } from "./pump.ts";
import { waitingJobs } from "./waiting-jobs.ts";

/** How long what an ended process said may still be on its way, in milliseconds. */
const LAST_WORDS_MS = 1_000;
/** A container that gets its owner within this time of its creation is a cold start; milliseconds. */
const COLD_MS = 20;

/**
 * Places activations in containers. A container serves one owner (namespace, action, revision) for life; memory is never
 * over-committed; a waiting activation takes whichever comes first, a warm container or a new one.
 */
export class ContainerPool {
  readonly table: ContainerTable = containerTable();
  readonly #options: PoolOptions;
  readonly #waiting = waitingJobs();
  /** Starts and activations under way. */
  readonly #running = underWay();
  readonly #removals = new Set<Promise<void>>();
  readonly #starts: ContainerStarts;
  readonly #pace = pace();
  readonly #placement: Placement;
  readonly #sweeper: IdleSweeper;
  readonly #keepAlive: KeepAlive;
  readonly #pump: Pump;
  #closing = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    const handlers = {
      ready: (pooled: PooledContainer, tookMs: number) => this.#started(pooled, tookMs),
      failed: (cell: CellClass, error: unknown) => this.#startFailed(cell, error),
    };
    const rewarm = (cell: CellClass): void => {
      if (this.countCells(cell) === 0) this.addCell(cell);
    };
    this.#keepAlive = keepAlive(options.clock, options.rewarm === true ? rewarm : undefined);
    this.#pump = pump(options.clock, () => this.#serve());
    this.#starts = containerStarts(this.table, options.create, handlers, options.clock);
    this.#placement = placement(
      this.table,
      this.#waiting,
      this.#starts,
      { ...options, pace: this.#pace },
      {
        ...roomMaker(this.table, options.memoryMb, this.#keepAlive.priorities, (pooled) =>
          this.#remove(pooled, "evict"),
        ),
        start: (cell, namespace) => this.#start(cell, namespace),
        assign: (pooled, job) => this.#assign(pooled, job),
        runIn: (pooled, job) => this.#runIn(pooled, job),
      },
    );
    this.#sweeper = idleSweeper(this.table, options, {
      expire: (pooled) => this.#expire(pooled),
      pause: (pooled) => this.#pause(pooled),
    });
  }

  /** Activations that have no container yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Those of one namespace. */
  waitingOf(namespace: string): number {
    return this.#waiting.ofNamespace(namespace);
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
    job.waits?.();
    this.#waiting.add(job, "back");
    this.#pump.soon();
  }

  /** Starts a stem cell if there is memory to spare and nobody waits. @returns whether it did. */
  addCell(cell: CellClass): boolean {
    const full = this.table.usedMb + cell.memoryMb > this.#options.memoryMb;
    const atCap = this.#starts.underWay >= this.#options.parallelStarts;
    if (this.#closing || full || atCap || this.waiting > 0) return false;
    this.#start(cell);
    return true;
  }

  /** Stem cells of a class that are ready or being started. */
  countCells(cell: CellClass): number {
    const key = cellKey(cell);
    return this.table.cells(key).length + (this.#starts.byClass.get(key) ?? 0);
  }

  /** Ends up to `count` stem cells of a class. */
  dropCells(cell: CellClass, count: number): void {
    for (const pooled of this.table.cells(cellKey(cell)).slice(0, Math.max(0, count))) this.#remove(pooled, "evict");
  }

  /** Ends the idle containers of some owners; those at work end by their idle time. */
  dropIdle(isMeant: (owner: Owner) => boolean): void {
    for (const pooled of [...this.table.all()]) {
      const idle = pooled.state === "idle" || pooled.state === "paused";
      if (idle && pooled.owner !== undefined && isMeant(pooled.owner)) this.#remove(pooled, "evict");
    }
  }

  /**
   * Lets what runs finish for `drainMs`, then removes every container. What waits is let go without a word: it was
   * accepted, and whoever accepted it knows how to run it later.
   */
  async close(drainMs: number): Promise<void> {
    this.#closing = true;
    this.#sweeper.stop();
    this.#keepAlive.stop();
    this.#starts.abort();
    this.#pump.stop();
    this.#waiting.clear();
    for (const pooled of [...this.table.all()]) if (pooled.inFlight === 0) this.#remove(pooled, "fail");
    let cancel = (): void => {};
    const timeUp = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(drainMs, resolve);
    });
    await Promise.race([this.#running.empty(), timeUp]);
    cancel();
    for (const pooled of [...this.table.all()]) this.#remove(pooled, "fail");
    await this.#running.empty();
    while (this.#removals.size > 0) await Promise.all(this.#removals);
  }

  #start(cell: CellClass, namespace?: string): void {
    this.#running.enter();
    void this.#starts.begin(cell, namespace).then(() => {
      this.#pump.soon();
      this.#running.leave();
    });
  }

  #started(pooled: PooledContainer, tookMs: number): void {
    pooled.startMs = tookMs;
    this.table.add(pooled);
    transition(pooled, "created");
    this.#watch(pooled);
    if (this.#closing) return this.#remove(pooled, "fail");
    pooled.idleSince = this.#options.clock.now();
    this.#sweeper.arm();
  }

  #startFailed(cell: CellClass, error: unknown): void {
    if (this.#closing) return;
    const job = this.#waiting.takeForCell(cellKey(cell));
    if (job !== undefined) return job.fail(error);
    this.#options.warn(`cannot start a container for ${cell.kind}`, error);
    this.#options.onCellFailed?.(cell);
  }

  /** A container whose process ended by itself is no good any more; while it works, its activations find out. */
  #watch(pooled: PooledContainer): void {
    void pooled.container.exited.then(() => {
      pooled.ended = true;
      pooled.client.ended();
      pooled.logs.end();
      if (pooled.state === "removing" || pooled.state === "gone") return;
      if (pooled.state === "cell") this.#options.onCellFailed?.(pooled.cell);
      this.#retire(pooled);
      this.#options.clock.after(LAST_WORDS_MS, () => pooled.client.close());
    });
  }

  /** Gives a container that has room to the next of its owner. */
  #offer(pooled: PooledContainer): void {
    if (this.#closing) {
      if (pooled.inFlight === 0) this.#remove(pooled, "fail");
      return;
    }
    const { owner } = pooled;
    if (owner === undefined) return;
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
    pooled.ownedSince = this.#options.clock.now();
    this.#keepAlive.assigned(pooled, job.since);
    this.table.add(pooled);
    pooled.inFlight = 1;
    pooled.uses = 1;
    this.#running.enter();
    this.#work(pooled, job);
  }

  #runIn(pooled: PooledContainer, job: Job): void {
    const wasPaused = pooled.state === "paused";
    if (wasPaused) this.#keepAlive.called(pooled, job.since);
    transition(pooled, "run");
    pooled.inFlight++;
    pooled.uses++;
    this.#running.enter();
    if (wasPaused) void this.#resumeAndWork(pooled, job);
    else this.#work(pooled, job);
  }

  async #resumeAndWork(pooled: PooledContainer, job: Job): Promise<void> {
    try {
      await pooled.container.resume();
    } catch (error) {
      this.#options.warn(`cannot resume container ${pooled.name}`, error);
      return this.#settle(pooled, job, "reschedule");
    }
    if (pooled.state !== "resuming") return this.#settle(pooled, job, "reschedule");
    transition(pooled, "resumed");
    this.#offer(pooled);
    this.#work(pooled, job);
  }

  #work(pooled: PooledContainer, job: Job): void {
    const { clock } = this.#options;
    let began = clock.now();
    const initialized = (): void => {
      if (pooled.state !== "initializing") return;
      const now = clock.now();
      // Of a stem cell that had time to come up before, its initialization tells nothing of a cold start.
      pooled.coldMs = pooled.startMs + now - began;
      if (began - pooled.idleSince < COLD_MS) this.#pace.started(pooled.cellKey, pooled.coldMs);
      began = now;
      transition(pooled, "initialized");
      this.#offer(pooled);
    };
    job.run(pooled, initialized).then(
      (outcome) => {
        if (outcome === "keep") this.#pace.ran(job.owner.key, clock.now() - began);
        this.#settle(pooled, job, outcome);
      },
      (error: unknown) => {
        job.fail(error);
        this.#settle(pooled, job, "destroy");
      },
    );
  }

  #settle(pooled: PooledContainer, job: Job, outcome: Outcome): void {
    this.#running.leave();
    pooled.inFlight--;
    if (outcome === "reschedule" && !this.#closing) this.#waiting.add(job, "front");
    if (outcome === "keep" && pooled.state === "busy" && !pooled.ended) this.#becomeFree(pooled);
    else this.#retire(pooled);
    if (this.waiting > 0 && (pooled.inFlight === 0 || this.#pump.isDue)) this.#pump.soon();
  }

  /** Ends a container that is no good any more, once the others that run in it have ended. */
  #retire(pooled: PooledContainer): void {
    if (pooled.owner !== undefined) this.#placement.released(pooled.owner.key);
    if (pooled.inFlight === 0) this.#remove(pooled, "fail");
    else if (pooled.state === "busy") transition(pooled, "retire");
  }

  #becomeFree(pooled: PooledContainer): void {
    if (this.#placement.yields(pooled)) return this.#retire(pooled);
    this.#offer(pooled);
    if (pooled.inFlight > 0 || pooled.state !== "busy") return;
    transition(pooled, "done");
    this.#keepAlive.idle(pooled);
    this.#sweeper.arm();
  }

  #expire(pooled: PooledContainer): void {
    const isKept =
      pooled.state === "cell" && this.countCells(pooled.cell) <= (this.#options.cellsToKeep?.(pooled.cell) ?? 0);
    if (!isKept) this.#remove(pooled, "evict");
  }

  #pause(pooled: PooledContainer): void {
    transition(pooled, "pause");
    pooled.client.release();
    pooled.container.pause().then(
      () => {
        if (pooled.state !== "pausing") return;
        transition(pooled, "paused");
        this.#offer(pooled);
        if (this.waiting > 0) this.#pump.soon();
      },
      (error: unknown) => {
        if (pooled.state !== "pausing") return;
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
        if (pooled.owner !== undefined && this.table.count(pooled.owner.key) === 0) {
          this.#pace.forget(pooled.owner.key);
          this.#keepAlive.gone(pooled);
        }
        this.#removals.delete(removal);
        this.#pump.soon();
      });
    this.#removals.add(removal);
  }

  /** Serves who waits from what has come free. */
  #serve(): number | undefined {
    const againInMs = this.#placement.place();
    if (this.waiting === 0) this.#options.onSpare?.();
    return againInMs;
  }
}
