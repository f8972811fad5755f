import { ownLoad } from "./own-load.ts";
import { wrkLoad } from "./wrk.ts";

/** One HTTP request, as a load generator sends it. */
export interface LoadRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LoadSpec {
  /** `http://HOST:PORT`. */
  readonly origin: string;
  /** Sent one after the other, from the first again after the last. At least one. */
  readonly requests: readonly LoadRequest[];
  /** Each sends its next request when its last one is answered. */
  readonly connections: number;
  readonly seconds: number;
  /** Sends so many in a second, evenly, instead of as many as it can. Our own client only. */
  readonly perSecond?: number;
  /** The processor that the generator is held to. */
  readonly cpu?: number;
}

/** What one run showed. Latencies in microseconds. */
export interface LoadResult {
  readonly requests: number;
  /** Answers that are not 2xx. */
  readonly badAnswers: number;
  /** Connections refused, reset or too slow. */
  readonly socketErrors: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
}

/** Sends requests from a process of its own. */
export interface LoadGenerator {
  readonly name: string;
  run(spec: LoadSpec): Promise<LoadResult>;
}

/** wrk where it is installed, otherwise our own, which costs more processor time but can be brief, as a smoke run is. */
export async function findLoadGenerator(quick: boolean): Promise<LoadGenerator> {
  return (quick ? undefined : await wrkLoad()) ?? ownLoad();
}
