import { setTimeout as sleep } from "node:timers/promises";
import { type EngineClient, EngineError } from "./engine-client.ts";

/** Between two tries of a removal that the engine refused, in milliseconds. */
const RETRY_MS = 100;
/** Between two tries in the background, in milliseconds. */
const LATER_RETRY_MS = 1_000;
/** An engine that comes back may first answer us and only then create what it was asked for before. */
const ABSENCES_NEEDED = 3;

/** Removes containers for good, with all their processes. */
export interface ContainerRemoval {
  /**
   * @param reference name or id
   * @throws EngineError when it could not be removed in time; {@link ContainerRemoval.later} goes on then.
   */
  now(reference: string): Promise<void>;
  /**
   * Removes in the background what may exist, now or once the engine wakes up.
   * @param done called once when it is gone
   */
  later(reference: string, done: () => void): void;
  /** Gives up what is still to be removed in the background. */
  stopLater(): void;
}

/** @param timeoutMs how long one removal may take */
export function containerRemoval(engine: EngineClient, timeoutMs: number): ContainerRemoval {
  const stopped = new AbortController();

  /** @returns whether there was something to remove. */
  const attempt = async (reference: string, leftMs: number, signal?: AbortSignal): Promise<boolean> => {
    try {
      const path = `/containers/${encodeURIComponent(reference)}?force=true&v=true`;
      await engine.call("DELETE", path, { timeoutMs: leftMs, ...(signal === undefined ? {} : { signal }) });
      return true;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return false;
      throw error;
    }
  };

  const now = async (reference: string): Promise<void> => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      try {
        await attempt(reference, Math.max(1, deadline - Date.now()));
        return;
      } catch (error) {
        const refused = error instanceof EngineError && error.status !== undefined;
        if (!refused || Date.now() + RETRY_MS > deadline) throw error;
      }
      await sleep(RETRY_MS);
    }
  };

  const untilGone = async (reference: string): Promise<void> => {
    for (let absences = 0; absences < ABSENCES_NEEDED; ) {
      await sleep(LATER_RETRY_MS, undefined, { ref: false, signal: stopped.signal });
      try {
        if (await attempt(reference, timeoutMs, stopped.signal)) return;
        absences += 1;
      } catch (error) {
        if (!(error instanceof EngineError) || stopped.signal.aborted) throw error;
        absences = 0; // no answer, or not yet: the engine is asked again
      }
    }
  };

  return {
    now,
    later(reference, done) {
      untilGone(reference).then(done, (error: unknown) => {
        if (!stopped.signal.aborted) throw error;
      });
    },
    stopLater: () => stopped.abort(),
  };
}
