import { expect, it } from "vitest";
import { pieces } from "@/pages/review/words";

const word = (start: number, end: number, weight: number) => ({ start, end, text: "", weight });

it("cuts the text at its words, with what is between them", () => {
  expect(pieces("Where is it?", [word(0, 5, 0.4), word(9, 11, -0.2)])).toEqual([
    { text: "Where", weight: 1 },
    { text: " is ", weight: 0 },
    { text: "it", weight: -0.5 },
    { text: "?", weight: 0 },
  ]);
});

it("counts in code points, as the service does", () => {
  expect(pieces("🤷🏽 card", [word(3, 7, 0.2)]).at(-1)).toEqual({ text: "card", weight: 1 });
});

it("marks nothing where no word matters, and what is left of a text that is cut", () => {
  expect(pieces("a b", [word(0, 1, 0.001)])[0]?.weight).toBe(0);
  expect(pieces("ab", [word(0, 1, 0.5), word(5, 9, 0.5)]).map(({ text }) => text)).toEqual(["a", "b"]);
  expect(pieces("whole", [])).toEqual([{ text: "whole", weight: 0 }]);
});
