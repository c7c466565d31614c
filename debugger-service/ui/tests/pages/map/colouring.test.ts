import { expect, test } from "vitest";
import { NO_NAME } from "@/api/map_file";
import type { Colours, Rgb } from "@/hooks/colours";
import { among, classesOf, painted } from "@/pages/map/colouring";
import { points } from "./points";

const series = Array.from({ length: 8 }, (_, at): Rgb => [at, at, at]);
const plain: Rgb = [200, 200, 200];
const palette: Colours = {
  ink: plain,
  "ink-soft": plain,
  paper: plain,
  card: [255, 255, 255],
  line: plain,
  accent: plain,
  good: plain,
  bad: plain,
  warn: plain,
  series,
};

test("the most frequent classes have colours of their own, and neighbours differ", () => {
  // 30 classes in a row, the first ones with the most points.
  const names = Array.from({ length: 30 }, (_, at) => `class ${at}`);
  const colours = names.flatMap((_, at) => Array<number>(40 - at).fill(at));
  const classes = classesOf(
    points(
      colours.map((at) => at / 30),
      colours.map(() => 0),
      colours,
      names,
    ),
  );
  expect(classes.slice(0, 7).map(({ series: own }) => own)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  const inOrder = [...classes].sort((one, other) => one.x - other.x).map(({ series: own }) => own);
  inOrder.slice(1).forEach((own, at) => expect(own).not.toBe(inOrder[at]));
  expect(Math.max(...inOrder)).toBe(6);
});

test("classes without points are not listed, and scores have no classes", () => {
  expect(classesOf(points([0, 0], [0, 0], [1, NO_NAME], ["none", "one"])).map(({ name }) => name)).toEqual(["one"]);
  expect(classesOf(points([0], [0], [0.5]))).toEqual([]);
});

test("what is not meant is faint and below", () => {
  const map = points([0, 0, 0], [0, 0, 0], [0, 0, NO_NAME], ["one"]);
  const { colours, order } = painted({
    points: map,
    classes: classesOf(map),
    palette,
    lit: Uint8Array.of(1, 0, 1),
  });
  expect([...order]).toEqual([1, 2, 0]);
  expect(colours[4 * 0 + 3]).toBeGreaterThan(colours[4 * 2 + 3] ?? 255);
  expect(colours[4 * 2 + 3]).toBeGreaterThan(colours[4 * 1 + 3] ?? 255);
});

test("the greatest scores are above, those without one below", () => {
  const map = points([0, 0, 0, 0], [0, 0, 0, 0], [0.9, NaN, 0.1, 1]);
  expect([...painted({ points: map, classes: [], palette, lit: null }).order]).toEqual([1, 2, 0, 3]);
});

test("points are found among others by their numbers", () => {
  expect([...among(Int32Array.of(1, 4, 5, 9), Int32Array.of(2, 4, 9, 12))]).toEqual([0, 1, 0, 1]);
  expect([...among(Int32Array.of(1), Int32Array.of())]).toEqual([0]);
});
