import { expect, test } from "vitest";
import { extentOf, MOST_CORNERS, read, simplified, written } from "@/pages/map/lasso";
import { Nearest } from "@/pages/map/nearest";
import { boundsOf, panned, toMap, toScreen, wholeMap, zoomed } from "@/pages/map/view";

const SIZE = { width: 800, height: 600 };
const circle = (count: number, radius = 1) =>
  Array.from({ length: count }, (_, at) => ({
    x: radius * Math.cos((2 * Math.PI * at) / count),
    y: radius * Math.sin((2 * Math.PI * at) / count),
  }));

test("what is under the pointer stays there when one zooms", () => {
  const view = { x: 0.1, y: -0.2, scale: 300 };
  const at = { x: 650, y: 80 };
  const before = toMap(view, SIZE, at.x, at.y);
  const after = zoomed(view, SIZE, 3, at);
  expect(toScreen(after, SIZE, before.x, before.y).x).toBeCloseTo(at.x);
  expect(toScreen(after, SIZE, before.x, before.y).y).toBeCloseTo(at.y);
});

test("a drag moves the map as far as the pointer", () => {
  const view = { x: 0, y: 0, scale: 200 };
  const spot = toScreen(panned(view, 30, -20), SIZE, 0, 0);
  expect([spot.x, spot.y]).toEqual([430, 280]);
});

test("the whole map is in sight, and a few points far away do not make it small", () => {
  const x = Float32Array.from({ length: 1_000 }, (_, at) => (at === 0 ? -1 : 0.2 + at / 10_000));
  const bounds = boundsOf(x, x);
  expect(bounds.left).toBeGreaterThan(0.19);
  const view = wholeMap(SIZE, bounds);
  const corner = toScreen(view, SIZE, bounds.right, bounds.top);
  expect(corner.x).toBeLessThan(SIZE.width);
  expect(corner.y).toBeGreaterThan(0);
});

test("a drawn line becomes few corners that are near it", () => {
  const found = simplified(circle(2_000));
  expect(found.length).toBeLessThanOrEqual(MOST_CORNERS);
  expect(found.length).toBeGreaterThan(8);
  expect(extentOf(found)).toBeCloseTo(2, 1);
});

test("a lasso is written short and read again, also a tiny one", () => {
  for (const radius of [1, 0.0005]) {
    const line = circle(12, radius);
    const text = written(line);
    const again = read(text);
    expect(again).toHaveLength(12);
    again.forEach(({ x, y }, at) => {
      expect(Math.abs(x - (line[at]?.x ?? 9))).toBeLessThan(radius / 50);
      expect(Math.abs(y - (line[at]?.y ?? 9))).toBeLessThan(radius / 50);
    });
  }
  expect(written(circle(MOST_CORNERS)).length).toBeLessThan(1_500);
  expect(read(undefined)).toEqual([]);
});

test("the nearest point is the one that looking at all finds", () => {
  let seed = 7;
  const random = () => ((seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647) * 2 - 1;
  const [x, y] = [Float32Array.from({ length: 500 }, random), Float32Array.from({ length: 500 }, random)];
  const nearest = new Nearest(x, y);
  for (let trial = 0; trial < 50; trial += 1) {
    const [at, up] = [random(), random()];
    const distances = Array.from(x, (value, index) => Math.hypot(value - at, (y[index] ?? 0) - up));
    const least = Math.min(...distances);
    expect(nearest.find(at, up, 0.3)).toBe(least <= 0.3 ? distances.indexOf(least) : -1);
  }
  expect(nearest.find(x[3] ?? 0, y[3] ?? 0, 0.01, (index) => index !== 3)).not.toBe(3);
});
