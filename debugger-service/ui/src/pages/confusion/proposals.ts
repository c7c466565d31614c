import type { Issue, Schemas } from "@/api/types";

export type Pair = Schemas["PairOut"];

/** What merging or splitting two classes would do, as the analysis simulated it. */
export interface Simulated {
  action: string;
  accuracy_before: number;
  accuracy_after: number;
  macro_f1_before: number;
  macro_f1_after: number;
}

export interface ConfusedPair {
  labels: readonly [string, string];
  /** Rows that are confused now; null where so few are that the service does not list them. */
  rows: number | null;
  share: number | null;
  proposal: Issue | null;
}

const keyOf = (labels: readonly string[]) => JSON.stringify([...labels].sort());

/** The pairs that something is proposed for, and the others, each with the most confused ones first. */
export function paired(pairs: readonly Pair[], proposals: readonly Issue[]): ConfusedPair[] {
  const known = new Map(pairs.map((pair) => [keyOf(pair.labels), pair]));
  const proposed = new Set(proposals.map(({ labels }) => keyOf(labels)));
  const withProposal = proposals.flatMap((proposal): ConfusedPair[] => {
    const [one, other] = proposal.labels;
    if (one === undefined || other === undefined) return [];
    const pair = known.get(keyOf(proposal.labels));
    return [{ labels: [one, other], rows: pair?.rows ?? null, share: pair?.share ?? null, proposal }];
  });
  const others = pairs.filter(({ labels }) => !proposed.has(keyOf(labels)));
  return [
    ...withProposal.sort((one, other) => (other.rows ?? 0) - (one.rows ?? 0)),
    ...others.map(({ labels, rows, share }) => ({ labels, rows, share, proposal: null })),
  ];
}

/** The simulated effect, if the issue tells one. */
export function simulatedOf({ evidence }: Pick<Issue, "evidence">): Simulated | null {
  const found = evidence.simulated;
  if (typeof found !== "object" || found === null) return null;
  const told = found as Record<string, unknown>;
  const isWhole = ["accuracy_before", "accuracy_after", "macro_f1_before", "macro_f1_after"].every(
    (name) => typeof told[name] === "number",
  );
  return isWhole ? (found as Simulated) : null;
}
