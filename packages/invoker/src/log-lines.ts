/** One line that an action printed. */
export interface LogLine {
  /** Epoch milliseconds, with fractions. */
  readonly time: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/** Written by runtimes on both streams at the end of every run. */
export const SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX";

/** `2026-01-02T03:04:05.123456789Z stdout: hello`: the stamp takes 30 characters. */
export function formatLogLine({ time, stream, text }: LogLine): string {
  return `${stampOf(time)} ${stream}: ${text}`;
}

/** Lines as records hold them. What came in one chunk has one time: its stamp is written once. */
export function formatLogLines(lines: readonly LogLine[]): string[] {
  let [time, stamp] = [Number.NaN, ""];
  return lines.map((line) => {
    if (line.time !== time) {
      time = line.time;
      stamp = stampOf(time);
    }
    return `${stamp} ${line.stream}: ${line.text}`;
  });
}

function stampOf(time: number): string {
  const whole = Math.floor(time);
  const nanoseconds = Math.floor((time - whole) * 1e6)
    .toString()
    .padStart(6, "0");
  return `${new Date(whole).toISOString().slice(0, -1)}${nanoseconds}Z`;
}

/** How far the fine clock may stray from the wall clock before it is set anew, in milliseconds. */
const STRAY_MS = 5;

/** A clock of epoch milliseconds with fractions: monotonic, except where the wall clock itself is set or the machine slept. */
export function wallClock(): () => number {
  let offsetMs = Date.now() - performance.now();
  return () => {
    const now = performance.now();
    const coarse = Date.now();
    if (Math.abs(now + offsetMs - coarse) > STRAY_MS) offsetMs = coarse - now;
    return now + offsetMs;
  };
}
