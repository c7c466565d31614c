import type { Spot } from "./view";

export const MOST_CORNERS = 60;
const LEAST_CORNERS = 3;

/** A drawn line with few corners, as the service takes them: Ramer, Douglas and Peucker's way, ever coarser. */
export function simplified(line: readonly Spot[], most = MOST_CORNERS): Spot[] {
  if (line.length <= LEAST_CORNERS) return [...line];
  let tolerance = extentOf(line) / 500;
  let found = reduced(line, tolerance);
  while (found.length > most) {
    tolerance *= 1.4;
    found = reduced(line, tolerance);
  }
  return found.length >= LEAST_CORNERS
    ? found
    : [line[0], line[Math.floor(line.length / 2)], line.at(-1)].filter(isSpot);
}

/** The corners as `inside("…")` takes them, with as many digits as their distances need. */
export function written(corners: readonly Spot[]): string {
  const digits = Math.min(7, Math.max(2, 3 - Math.floor(Math.log10(Math.max(1e-6, extentOf(corners))))));
  const number = (value: number) => String(Number(value.toFixed(digits)));
  return corners.map(({ x, y }) => `${number(x)} ${number(y)}`).join(" ");
}

export function read(lasso: string | undefined): Spot[] {
  const numbers = (lasso ?? "").split(" ").filter(Boolean).map(Number);
  return Array.from({ length: Math.floor(numbers.length / 2) }, (_, at) => ({
    x: numbers[2 * at] ?? 0,
    y: numbers[2 * at + 1] ?? 0,
  }));
}

export function extentOf(line: readonly Spot[]): number {
  const xs = line.map(({ x }) => x);
  const ys = line.map(({ y }) => y);
  return Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
}

function reduced(line: readonly Spot[], tolerance: number): Spot[] {
  const kept = new Set([0, line.length - 1]);
  const open: [number, number][] = [[0, line.length - 1]];
  for (let part = open.pop(); part; part = open.pop()) {
    const [from, to] = part;
    const { at, distance } = farthest(line, from, to);
    if (distance <= tolerance) continue;
    kept.add(at);
    open.push([from, at], [at, to]);
  }
  return line.filter((_, index) => kept.has(index));
}

function farthest(line: readonly Spot[], from: number, to: number): { at: number; distance: number } {
  const [start, end] = [line[from], line[to]];
  let found = { at: from, distance: 0 };
  if (!start || !end) return found;
  for (let at = from + 1; at < to; at += 1) {
    const spot = line[at];
    const distance = spot ? distanceOf(spot, start, end) : 0;
    if (distance > found.distance) found = { at, distance };
  }
  return found;
}

function distanceOf(spot: Spot, start: Spot, end: Spot): number {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const square = dx * dx + dy * dy;
  const along = square ? Math.min(1, Math.max(0, ((spot.x - start.x) * dx + (spot.y - start.y) * dy) / square)) : 0;
  return Math.hypot(spot.x - start.x - along * dx, spot.y - start.y - along * dy);
}

const isSpot = (spot: Spot | undefined): spot is Spot => spot !== undefined;
