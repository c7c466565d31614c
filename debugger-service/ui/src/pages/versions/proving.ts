import type { Judgement, Proof } from "@/api/proofs";

/** From where to where figures are drawn, so that intervals are seen: from a multiple of 10 % to 100 %. */
export function drawnFrom(judgements: readonly Judgement[]): number {
  const lows = judgements.flatMap((each) => [
    each.accuracy_before.low,
    each.accuracy_after.low,
    each.macro_f1_before.low,
    each.macro_f1_after.low,
  ]);
  return Math.min(0.9, Math.max(0, Math.floor(Math.min(...lows, 0.9) * 10) / 10));
}

/** `+11.1`: a share as points of percent, with its sign. */
export function signedPoints(share: number): string {
  const rounded = Math.round(share * 1000) / 10;
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : "±"}${Math.abs(rounded).toFixed(1)}`;
}

/** How likely chance does as much, in words. */
export function chance(p: number): string {
  if (p < 0.0001) return "less than once in 10,000 times";
  if (p < 0.001) return "less than once in 1,000 times";
  if (p > 0.995) return "always";
  if (p < 0.01) return `once in about ${Math.round(1 / p)} times`;
  return `in ${(p * 100).toFixed(p < 0.1 ? 1 : 0)} % of all times`;
}

/** The first sentence of a summary, and the others. */
export function headline(summary: string): [string, string] {
  const end = summary.search(/\.\s/);
  return end < 0 ? [summary, ""] : [summary.slice(0, end + 1), summary.slice(end + 2)];
}

export const STAGES = ["Collect the rows", "Train on the older", "Train on the newer", "Ask both", "Compare"] as const;

/** Which of the stages a proof is in; undefined while it waits. */
export function stageOf({ stage, status, from }: Pick<Proof, "stage" | "status" | "from">): number | undefined {
  if (status !== "running" || stage?.startsWith("waiting")) return undefined;
  if (!stage) return 0;
  const version = /^training on version (\d+)/.exec(stage)?.[1];
  if (version) return Number(version) === from ? 1 : 2;
  return stage.startsWith("asking") ? 3 : 4;
}
