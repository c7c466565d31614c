import { disarmed } from "@/components/UserText";
import { NO_NAME, type MapPoints } from "@/api/map_file";
import type { ClassShown } from "./colouring";
import { toScreen, type Size, type Spot, type View } from "./view";

const MOST_CHARACTERS = 30;
const HIGH = 16;
const LEAST_POINTS = 3;

/** A class's name on the map, in the middle of its points. */
export interface NamedPlace extends Spot {
  name: string;
  text: string;
}

/** Where the names of the classes belong, those of most points first. */
export function namedPlaces(points: MapPoints, classes: readonly ClassShown[]): NamedPlace[] {
  const xs = new Map<number, number[]>();
  const ys = new Map<number, number[]>();
  points.colours.forEach((colour, index) => {
    if (colour === NO_NAME) return;
    push(xs, colour, points.x[index] ?? 0);
    push(ys, colour, points.y[index] ?? 0);
  });
  return classes
    .filter(({ count }) => count >= LEAST_POINTS)
    .map(({ index, name }) => ({ name, text: shortened(name), x: median(xs.get(index)), y: median(ys.get(index)) }));
}

/** Writes the names that have room, the first ones first. */
export function writeNames(
  context: CanvasRenderingContext2D,
  places: readonly NamedPlace[],
  view: View,
  size: Size,
  { ink, paper }: { ink: string; paper: string },
): void {
  Object.assign(context, { font: "600 12px system-ui, sans-serif", textAlign: "center", textBaseline: "middle" });
  Object.assign(context, { lineWidth: 4, lineJoin: "round", strokeStyle: paper, fillStyle: ink });
  const taken: { x: number; y: number; half: number }[] = [];
  for (const { text, x, y } of places) {
    const spot = toScreen(view, size, x, y);
    if (spot.x < 0 || spot.y < 0 || spot.x > size.width || spot.y > size.height) continue;
    const half = context.measureText(text).width / 2 + 4;
    if (taken.some((each) => Math.abs(each.y - spot.y) < HIGH && Math.abs(each.x - spot.x) < each.half + half))
      continue;
    taken.push({ ...spot, half });
    context.strokeText(text, spot.x, spot.y);
    context.fillText(text, spot.x, spot.y);
  }
}

function push(all: Map<number, number[]>, key: number, value: number): void {
  const found = all.get(key);
  if (found) found.push(value);
  else all.set(key, [value]);
}

function median(values: number[] = []): number {
  return values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

function shortened(name: string): string {
  const signs = [...disarmed(name)];
  return signs.length > MOST_CHARACTERS ? `${signs.slice(0, MOST_CHARACTERS - 1).join("")}…` : signs.join("");
}
