import { expect, it } from "vitest";
import { lackedBy, neededBy } from "@/pages/review/orders";

it.each([
  ["issue.label_error desc", "issue.label_error > 0", "this issue"],
  ["confidence", "confidence >= 0", "a prediction"],
  ["score desc", "score : *", "a score"],
])("the order %s leaves rows out, and says which", (order, needed, lacked) => {
  expect(neededBy(order)).toBe(needed);
  expect(lackedBy(order)).toBe(lacked);
});

it("an order by what all rows have leaves none out", () => {
  expect(neededBy("number")).toBe("");
});
