import type { LoadGenerator } from "./load.ts";
import type { Platform } from "./platform.ts";
import type { Row } from "./row.ts";

/** An endpoint that is not ours to start. */
export interface Target {
  readonly url: string;
  /** `uuid:key`. */
  readonly auth: string;
}

/** How to measure, and with what. */
export interface Bench {
  /** A smoke run: everything small, nothing judged. */
  readonly quick: boolean;
  /** How many alternating rounds a comparison has. */
  readonly rounds: number;
  /** How long one side of a round is under load. */
  readonly seconds: number;
  /** Between a side's warm-up and its measurement. */
  readonly restMs: number;
  readonly load: LoadGenerator;
  readonly target: Target | undefined;
  /** A server for all scenarios that can do with any, so that a smoke run starts few. */
  readonly shared: Platform | undefined;
  /** A checkout of OpenWhisk's nodejs runtime, with its dependencies installed. */
  readonly upstreamRuntime: string | undefined;
  /** How long the soak scenario runs. */
  readonly minutes: number;
  /** Where servers leave processor profiles when they end. */
  readonly profileDir: string | undefined;
  /** Tells whoever waits what goes on. */
  say(text: string): void;
}

/** Something to measure. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** True when it needs nothing but an endpoint, whosever it is. */
  readonly remote: boolean;
  /** True when it is too long to run unless it is named. */
  readonly named?: true;
  run(bench: Bench): Promise<readonly Row[]>;
}
