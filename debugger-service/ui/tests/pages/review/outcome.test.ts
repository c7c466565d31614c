import { describe, expect, it } from "vitest";
import type { Issue } from "@/api/types";
import { outcome, proposalOf } from "@/pages/review/outcome";

const row = { label: "card", status: "active", decision: null };
const issue = (some: Partial<Issue>): Issue => ({
  kind: "label_error",
  rank: 1,
  number: 1,
  score: 0.5,
  reason: "",
  filter: null,
  action: "relabel",
  label: "refund",
  labels: [],
  evidence: {},
  ...some,
});

describe("what a decision makes of a row", () => {
  it("is told before the service answers", () => {
    expect(outcome(row, { action: "keep" })).toEqual({ ...row, decision: "keep" });
    expect(outcome(row, { action: "drop" })).toEqual({ label: "card", status: "dropped", decision: "drop" });
    expect(outcome(row, { action: "out_of_scope" })).toEqual({
      label: null,
      status: "out_of_scope",
      decision: "out_of_scope",
    });
    expect(outcome({ ...row, status: "dropped" }, { action: "relabel", label: "x" })).toEqual({
      label: "x",
      status: "active",
      decision: "relabel",
    });
  });

  it("is what is proposed, where that is accepted", () => {
    expect(outcome(row, { action: "accept", proposal: issue({}) })).toEqual({
      label: "refund",
      status: "active",
      decision: "relabel",
    });
    expect(outcome(row, { action: "accept", proposal: issue({ action: "drop", label: null }) }).status).toBe("dropped");
    expect(outcome(row, { action: "accept" })).toEqual(row);
  });
});

describe("the proposal", () => {
  const error = issue({ score: 0.2 });
  const leak = issue({ kind: "leak", action: "drop", label: null, score: 0.9 });
  const annotate = issue({ kind: "annotate_next", action: "annotate", label: null, score: 1 });

  it("is that of the kind that is gone through", () => {
    expect(proposalOf([leak, error], "label_error")).toBe(error);
  });

  it("is else the surest that can be followed for one row", () => {
    expect(proposalOf([error, leak, annotate], undefined)).toBe(leak);
    expect(proposalOf([error, leak, annotate], "annotate_next")).toBe(leak);
    expect(proposalOf([annotate], "annotate_next")).toBeUndefined();
  });
});
