/** The middle of some figures; NaN of none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The figure below which a share (0 to 1) of all lie, between two figures in proportion; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [lower, upper] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return lower + (upper - lower) * (at - Math.floor(at));
}
