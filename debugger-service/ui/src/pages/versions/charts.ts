/** Where a value stands on a line of pixels. */
export const scale = (low: number, high: number, from: number, to: number) => (value: number) =>
  from + ((value - low) / (high - low || 1)) * (to - from);

/** A range of shares that holds all, in steps of 5 %, with the lines to draw. */
export function shares(values: readonly number[]): { low: number; high: number; ticks: number[] } {
  const low = Math.max(0, Math.floor(Math.min(...values, 1) * 20 - 0.2) / 20);
  const high = Math.min(1, Math.max(low + 0.05, Math.ceil(Math.max(...values, 0) * 20 + 0.2) / 20));
  const step = high - low > 0.5 ? 0.2 : high - low > 0.2 ? 0.1 : 0.05;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return { low, high, ticks: Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step) };
}

export const points = (places: readonly (readonly [number, number])[]) =>
  places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
