import { expect, test } from "vitest";
import type { Issue } from "@/api/types";
import { cellFilter, Matrix, pairFilter } from "@/pages/confusion/matrix";
import { paired, simulatedOf } from "@/pages/confusion/proposals";
import { sorted } from "@/pages/confusion/sorting";
import { cellAt, LEFT, leastCell, revealing, topOf, wholeMatrix, zoomedWindow } from "@/pages/confusion/window";

const matrix = new Matrix({
  labels: ["card", "refund", "limit"],
  cells: [
    [0, 0, 90],
    [0, 1, 9],
    [1, 0, 3],
    [2, 1, 9],
  ],
});

test("mistakes are those off the diagonal, the most rows first", () => {
  expect(matrix.mistakes.map(({ row, column, count }) => [row, column, count])).toEqual([
    [0, 1, 9],
    [2, 1, 9],
    [1, 0, 3],
  ]);
  expect([matrix.count(1, 1), matrix.total(0), matrix.most]).toEqual([0, 99, 9]);
});

test("few rows are seen beside many, as strength goes by the logarithm", () => {
  expect(matrix.strength(0)).toBe(0);
  expect(matrix.strength(9)).toBe(1);
  expect(matrix.strength(3)).toBeGreaterThan(0.5);
});

test("a cell and a pair are found by filters that any label fits into", () => {
  expect(cellFilter('a "b"', "c", "out_of_sample")).toBe('label = "a \\"b\\"" AND prediction = "c"');
  expect(cellFilter("a", "b", "served", "split = testing")).toBe(
    '(split = testing) AND (label = "a" AND served = "b")',
  );
  expect(pairFilter(["a", "b"], "out_of_sample")).toBe(
    '(label = "a" AND prediction = "b") OR (label = "b" AND prediction = "a")',
  );
});

test("proposals come first, with the pair's rows, and then the other pairs", () => {
  const proposal = { labels: ["refund", "card"], label: "card", action: "merge", evidence: {} } as unknown as Issue;
  const found = paired(
    [
      { labels: ["card", "limit"], rows: 20, share: 0.1 },
      { labels: ["card", "refund"], rows: 12, share: 0.06 },
    ],
    [proposal],
  );
  expect(found.map(({ labels, rows, proposal: own }) => [labels, rows, own !== null])).toEqual([
    [["refund", "card"], 12, true],
    [["card", "limit"], 20, false],
  ]);
  expect(simulatedOf(proposal)).toBeNull();
});

test("classes are sorted by a column, also by a measured one", () => {
  const measured = (value: number) => ({ value, low: value, high: value });
  const of = (label: string, support: number, recall: number) => ({
    label,
    support,
    predicted: 1,
    precision: measured(0.5),
    recall: measured(recall),
    f1: 0.5,
  });
  const classes = [of("b", 10, 0.9), of("a", 20, 0.4), of("c", 30, 0.4)];
  expect(sorted(classes, "recall", "up").map(({ label }) => label)).toEqual(["c", "a", "b"]);
  expect(sorted(classes, "label", "down").map(({ label }) => label)).toEqual(["c", "b", "a"]);
});

test("zooming keeps the cell under the pointer, whether names appear or not", () => {
  const room = { width: 800, height: 500 };
  const whole = wholeMatrix(room, 150);
  const at = { x: 500, y: 300 };
  const before = cellAt(whole, 150, at);
  const after = zoomedWindow(whole, room, 150, 6, at);
  expect(cellAt(after, 150, at)).toEqual(before);
  expect(topOf(after)).toBeGreaterThan(topOf(whole));
});

test("all classes have room, and a cell outside is brought in", () => {
  const room = { width: 800, height: 500 };
  for (const size of [1, 2, 12, 35, 77, 150, 1_000]) {
    const cell = leastCell(room, size);
    expect(size * cell).toBeLessThanOrEqual(room.height - topOf({ cell }) + 0.5);
    expect(size * cell).toBeLessThanOrEqual(room.width - LEFT + 0.5);
  }
  const near = { x: 0, y: 0, cell: 30 };
  const moved = revealing(near, room, 150, 149, 149);
  expect(moved.x + (room.width - LEFT) / 30).toBeCloseTo(150);
  expect(revealing(near, room, 150, 2, 2)).toEqual(near);
});
