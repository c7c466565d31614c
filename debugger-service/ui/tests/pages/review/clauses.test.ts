import { describe, expect, it } from "vitest";
import { clausesOf, has, joined, toggled, UNDECIDED, valueIn, withKind, withValue } from "@/pages/review/clauses";

describe("clauses of a filter", () => {
  it.each([
    ["", []],
    ["refund card", ["refund card"]],
    ["a = 1 AND NOT decision : *", ["a = 1", "NOT decision : *"]],
    ["(a = 1) AND (b = 2 AND c = 3)", ["(a = 1)", "b = 2", "c = 3"].map((each) => each.replace(/^\(|\)$/g, ""))],
    ["(a = 1 OR b = 2) AND c = 3", ["(a = 1 OR b = 2)", "c = 3"]],
    ["a = 1 OR b = 2", ["a = 1 OR b = 2"]],
    ['label = "cats AND (dogs" AND split = x', ['label = "cats AND (dogs"', "split = x"]],
    ['label = "a \\" AND b" AND c = 3', ['label = "a \\" AND b"', "c = 3"]],
    ["a = 1 AND (b", ["a = 1 AND (b"]],
    ["a) AND (b", ["a) AND (b"]],
    ["(a = 1) AND (b = 2)", ["a = 1", "b = 2"]],
  ])("are what AND joins: %s", (filter, clauses) => {
    expect(clausesOf(filter)).toEqual(clauses);
  });

  it("keeps its meaning when a part is added to an alternative", () => {
    expect(joined(["a = 1 OR b = 2", UNDECIDED])).toBe("(a = 1 OR b = 2) AND NOT decision : *");
    expect(toggled("a = 1 OR b = 2", UNDECIDED)).toBe("(a = 1 OR b = 2) AND NOT decision : *");
  });

  it("takes a part away that it added", () => {
    const once = toggled("issue.label_error > 0", UNDECIDED);
    expect(has(once, UNDECIDED)).toBe(true);
    expect(toggled(once, UNDECIDED)).toBe("issue.label_error > 0");
  });
});

describe("a value in a filter", () => {
  it.each([
    ['label = "card arrival" AND x = 1', "card arrival"],
    ["label=card", "card"],
    ["NOT label : *", null],
    ["label : card", undefined],
    ["label = card arrival", undefined],
    ['labels = "x"', undefined],
    ['label = "a" OR label = "b"', undefined],
  ])("is found: %s", (filter, value) => {
    expect(valueIn(filter, "label")).toBe(value);
  });

  it("is replaced, and nothing else", () => {
    const filter = 'refund AND label = "a" AND split = "b"';
    expect(withValue(filter, "label", 'say "x"')).toBe('refund AND split = "b" AND label = "say \\"x\\""');
    expect(withValue(filter, "label", null)).toBe('refund AND split = "b" AND NOT label : *');
    expect(withValue(filter, "label", undefined)).toBe('refund AND split = "b"');
  });
});

it("changes the kind of issue, and leaves conditions on scores alone", () => {
  const filter = "issue.label_error > 0 AND issue.outlier > 0.5 AND NOT decision : *";
  expect(withKind(filter, "leak")).toBe("issue.leak > 0 AND issue.outlier > 0.5 AND NOT decision : *");
  expect(withKind(filter, undefined)).toBe("issue.outlier > 0.5 AND NOT decision : *");
});
