import { expect, test } from "vitest";
import { filterOf } from "@/pages/map/filter";
import { mapSearch } from "@/pages/map/search";

test("all that narrows the rows becomes one filter", () => {
  expect(filterOf({})).toBe("");
  expect(filterOf({ only: 'a "b"' })).toBe('label = "a \\"b\\""');
  expect(filterOf({ filter: "card OR refund", like: 17, lasso: "0 0 1 0 1 1" })).toBe(
    '(card OR refund) AND (similar(17) > 0.5) AND (inside("0 0 1 0 1 1"))',
  );
});

test("a class that is looked at alone means nothing beside a score", () => {
  expect(filterOf({ colour: "issue.label_error", only: "refund" })).toBe("");
});

test("an address that was tampered with leaves out what does not fit", () => {
  expect(mapSearch({ lasso: '0 0") OR ("1', colour: "label; drop", like: "-3", tool: "axe", row: "9" })).toEqual({
    filter: undefined,
    colour: undefined,
    only: undefined,
    lasso: undefined,
    like: undefined,
    row: 9,
    tool: undefined,
  });
  expect(mapSearch({ lasso: "-0.5 0 1 0 1 1" }).lasso).toBe("-0.5 0 1 0 1 1");
});
