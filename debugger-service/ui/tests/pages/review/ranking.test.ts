import { expect, it } from "vitest";
import { ranked } from "@/pages/review/ranking";

const LABELS = ["card_arrival", "card_linking", "cash_withdrawal", "refund", "Überweisung", "lost card", "top up"];

it("brings the probable ones first while nothing is typed", () => {
  expect(ranked(LABELS, ["refund", "lost card"], "").slice(0, 2)).toEqual(["refund", "lost card"]);
  expect(ranked(LABELS, [], "")).toHaveLength(LABELS.length);
});

it.each([
  ["cl", "card_linking"],
  ["cw", "cash_withdrawal"],
  ["re", "refund"],
  ["tu", "top up"],
  ["lo", "lost card"],
  ["ub", "Überweisung"],
  ["caarr", "card_arrival"],
  ["card arrival", "card_arrival"],
])("finds by two letters: %s", (typed, label) => {
  expect(ranked(LABELS, [], typed)[0]).toBe(label);
});

it("takes the probable one of those that fit as well", () => {
  expect(ranked(LABELS, ["card_linking"], "ca")[0]).toBe("card_linking");
});

it("offers what is probable though the classes do not have it, and nothing twice", () => {
  expect(ranked(["a"], ["a", "ab"], "a")).toEqual(["a", "ab"]);
  expect(ranked(LABELS, [], "xyz")).toEqual([]);
});
