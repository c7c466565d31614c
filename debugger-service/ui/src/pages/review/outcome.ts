import type { Issue, Row } from "@/api/types";

export type Action = "relabel" | "accept" | "keep" | "drop" | "out_of_scope";

/** What a decision changes of a row. */
export type State = Pick<Row, "label" | "status" | "decision">;

/** What somebody wants to be done with a row. */
export interface Wish {
  action: Action;
  /** The new one, of `relabel`. */
  label?: string;
  /** Of `accept`: the kind of issue whose proposal is followed. */
  kind?: string;
  /** Of `accept`: what is proposed. */
  proposal?: Issue;
}

export const stateOf = ({ label, status, decision }: State): State => ({ label, status, decision });

/** What the service will make of the row, so that it can be shown before it answers. */
export function outcome(row: State, { action, label, proposal }: Wish): State {
  if (action === "accept") {
    if (!proposal?.action) return stateOf(row);
    return outcome(row, { action: proposal.action as Action, label: proposal.label ?? undefined });
  }
  if (action === "relabel") return { label: label ?? row.label, status: "active", decision: action };
  if (action === "drop") return { ...stateOf(row), status: "dropped", decision: action };
  if (action === "out_of_scope") return { label: null, status: "out_of_scope", decision: action };
  return { ...stateOf(row), decision: action };
}

const FOLLOWED = ["relabel", "drop", "out_of_scope"];

/** What can be accepted: the proposal of the kind that is gone through, else the surest of those that there are. */
export function proposalOf(found: readonly Issue[], kind: string | undefined): Issue | undefined {
  const possible = found.filter(({ action }) => action !== null && FOLLOWED.includes(action));
  const first = possible.find((issue) => issue.kind === kind);
  return first ?? possible.toSorted((one, other) => other.score - one.score)[0];
}

/** The decision in words, as something that was done. */
export function done(decision: string, label?: string | null): string {
  const named = label ? ` “${label}”` : "";
  const words: Record<string, string> = {
    relabel: `relabeled${named}`,
    keep: "kept as it is",
    drop: "dropped",
    out_of_scope: "out of scope",
    import: "imported",
    undo: "undone",
    merge: `merged into${named}`,
    rename: `renamed${named}`,
    accept: "followed the proposal",
  };
  return words[decision] ?? decision;
}
