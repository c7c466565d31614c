import { expect, it } from "vitest";
import { reviewSearch, wantedOf } from "@/pages/review/search";

it("begins with the likeliest label errors", () => {
  expect(wantedOf({})).toEqual({
    filter: "issue.label_error > 0 AND NOT decision : *",
    kind: "label_error",
    order: "issue.label_error desc",
  });
});

it("takes an empty filter for all rows", () => {
  expect(wantedOf(reviewSearch({ filter: "" }))).toEqual({ filter: "", kind: undefined, order: "number" });
});

it("leaves out of the address what does not fit", () => {
  expect(reviewSearch({ kind: "x OR y", view: "cube", row: "-1" })).toEqual({
    filter: undefined,
    kind: undefined,
    order: undefined,
    view: undefined,
    row: undefined,
  });
});
