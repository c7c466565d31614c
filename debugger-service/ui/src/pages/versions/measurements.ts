import type { Measurement } from "@/api/trend";
import type { Measured } from "@/api/types";

export interface Point {
  at: string;
  version: number;
  source: string;
  model: string | null;
  rows: number;
  measured: Measured;
}

/** Those of the rows of one split, the oldest first. */
export function measurementsOf(
  history: readonly Measurement[],
  split: string,
  metric: "accuracy" | "macro_f1",
): Point[] {
  return history
    .flatMap(({ at, version, source, model, splits }) => {
      const found = splits[split] as Record<string, unknown> | undefined;
      const measured = found?.[metric];
      return isMeasured(measured) ? [{ at, version, source, model, rows: Number(found?.rows ?? 0), measured }] : [];
    })
    .reverse();
}

/** All rows, then the splits that were ever measured. */
export function splitsOf(history: readonly Measurement[]): string[] {
  const names = new Set(history.flatMap(({ splits }) => Object.keys(splits)));
  names.delete("all");
  return ["all", ...Array.from(names).sort()];
}

function isMeasured(value: unknown): value is Measured {
  return typeof value === "object" && value !== null && "value" in value && "low" in value && "high" in value;
}
