import { shortened } from "@/hooks/shortened";
import type { ClassShown } from "./colouring";
import { toScreen, type Size, type Spot, type View } from "./view";

const MOST_CHARACTERS = 30;
const HIGH = 22;
const APART = 10;
const LEAST_POINTS = 3;

/** A class's name on the map, in the middle of its points. */
export interface NamedPlace extends Spot {
  name: string;
  text: string;
}

/** The names of the classes where they belong, those of most points first. */
export function namedPlaces(classes: readonly ClassShown[]): NamedPlace[] {
  return classes
    .filter(({ count }) => count >= LEAST_POINTS)
    .map(({ name, x, y }) => ({ name, x, y, text: shortened(name, MOST_CHARACTERS) }));
}

/** Writes the names that have room, the first ones first. */
export function writeNames(
  context: CanvasRenderingContext2D,
  places: readonly NamedPlace[],
  view: View,
  size: Size,
  { ink, paper }: { ink: string; paper: string },
): void {
  Object.assign(context, { font: "500 12px system-ui, sans-serif", textAlign: "center", textBaseline: "middle" });
  Object.assign(context, { lineWidth: 4, lineJoin: "round", strokeStyle: paper, fillStyle: ink });
  const taken: { x: number; y: number; half: number }[] = [];
  for (const { text, x, y } of places) {
    const spot = toScreen(view, size, x, y);
    if (spot.x < 0 || spot.y < 0 || spot.x > size.width || spot.y > size.height) continue;
    const half = context.measureText(text).width / 2 + APART;
    const middle = Math.min(size.width - half, Math.max(half, spot.x));
    const isTaken = taken.some(
      (each) => Math.abs(each.y - spot.y) < HIGH && Math.abs(each.x - middle) < each.half + half,
    );
    if (isTaken) continue;
    taken.push({ x: middle, y: spot.y, half });
    context.strokeText(text, middle, spot.y);
    context.fillText(text, middle, spot.y);
  }
}
