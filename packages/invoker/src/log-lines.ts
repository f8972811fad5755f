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
  const whole = Math.floor(time);
  const nanoseconds = Math.round((time - whole) * 1e6)
    .toString()
    .padStart(6, "0")
    .slice(0, 6);
  const stamp = `${new Date(whole).toISOString().slice(0, -1)}${nanoseconds}Z`;
  return `${stamp.padEnd(30)} ${stream}: ${text}`;
}
