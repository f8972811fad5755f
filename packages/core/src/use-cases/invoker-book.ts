import { type HealthEvent, type HealthRecord, healthRecord, nextHealth, SILENCE_MS } from "../domain/invoker-health.ts";
import type { Clock } from "../ports/clock.ts";
import type { InvokerInfo, InvokerRegistry, InvokerState } from "../ports/invoker-registry.ts";

/** What a controller knows of invokers, whatever way it hears of them. */
export interface InvokerBook extends Pick<InvokerRegistry, "watch" | "report"> {
  /** A sign of life. @param enabled false: it takes no more work, for whatever reason. */
  heard(state: InvokerState, enabled?: boolean): void;
  /** It has said goodbye, or somebody knows that it is dead. */
  gone(instance: number): void;
  /** Forgets its timers. */
  close(): void;
}

export interface InvokerBookOptions {
  readonly clock: Clock;
  /** See `healthRecord`. False unless told. */
  readonly trusted?: boolean;
  /** How long an invoker may be silent; Infinity where somebody else notices. {@link SILENCE_MS} unless told. */
  readonly silenceMs?: number;
}

interface Page {
  /** What is told of it; another object whenever that changes. */
  info: InvokerInfo;
  state: InvokerState;
  record: HealthRecord;
  heardAt: number;
  /** When it counts as offline if nothing is heard of it: a timer. */
  silence: (() => void) | undefined;
}

/** A book without any invoker. */
export function invokerBook({ clock, trusted = false, silenceMs = SILENCE_MS }: InvokerBookOptions): InvokerBook {
  const pages: Page[] = [];
  const listeners = new Set<(invokers: readonly InvokerInfo[]) => void>();
  let told: readonly InvokerInfo[] = [];

  const tell = (page: Page): void => {
    page.info = infoOf(page);
    told = pages.map(({ info }) => info);
    for (const listener of listeners) listener(told);
  };
  const happens = (page: Page, event: HealthEvent): boolean => {
    const before = page.record.health;
    page.record = nextHealth(page.record, event, trusted);
    return page.record.health !== before;
  };
  const pageOf = (instance: number): Page => {
    for (let at = pages.length; at <= instance; at++) pages.push(blankPage(at));
    return pages[instance] as Page;
  };
  /** Looks whether it was silent for long enough, and if not, when it will have been. */
  const watchSilence = (page: Page): void => {
    if (!Number.isFinite(silenceMs)) return;
    const leftMs = page.heardAt + silenceMs - clock.now();
    if (leftMs > 0) {
      page.silence = clock.after(leftMs, () => watchSilence(page));
      return;
    }
    page.silence = undefined;
    if (happens(page, { kind: "silence" })) tell(page);
  };

  return {
    heard(state, enabled = true) {
      const page = pageOf(state.instance);
      if (page.heardAt === 0) page.record = healthRecord(trusted);
      const unlike = !sameState(page.state, state);
      page.state = state;
      page.heardAt = clock.now();
      const event: HealthEvent = state.draining === true ? { kind: "drain" } : { kind: "ping", enabled };
      const changed = happens(page, event);
      if (page.silence === undefined) watchSilence(page);
      if (changed || unlike || state.freeMemoryMb !== undefined) tell(page); // figures are worth as much as they are new
    },
    gone(instance) {
      const page = pages[instance];
      if (page === undefined) return;
      page.silence?.();
      page.silence = undefined;
      if (happens(page, { kind: "silence" })) tell(page);
    },
    report(instance, outcome) {
      const page = pages[instance];
      if (page !== undefined && happens(page, { kind: "outcome", outcome })) tell(page);
    },
    watch(listener) {
      const own = (invokers: readonly InvokerInfo[]): void => listener(invokers);
      listeners.add(own);
      own(told);
      return () => listeners.delete(own);
    },
    close() {
      for (const page of pages) page.silence?.();
      listeners.clear();
    },
  };
}

/** An invoker that others with a higher number tell of: it counts, and was never heard. */
function blankPage(instance: number): Page {
  const page = {
    state: { instance, userMemoryMb: 0 },
    record: { health: "offline", outcomes: [] } satisfies HealthRecord,
    heardAt: 0,
    silence: undefined,
  };
  return { ...page, info: infoOf(page) };
}

function infoOf({ state, record, heardAt }: Omit<Page, "info">): InvokerInfo {
  return { ...state, health: record.health, heardAt };
}

/** Whether two words of one invoker say the same: most do, every second. */
function sameState(one: InvokerState, other: InvokerState): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
