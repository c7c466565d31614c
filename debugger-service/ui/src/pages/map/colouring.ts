import { NO_NAME, type MapPoints } from "@/api/map_file";
import type { Colours, Rgb } from "@/hooks/colours";

/** The last colour of the palette is grey: for all the others. */
const DISTINCT = 7;
const LIT = 215;
const DIM = 38;
const STEPS = 64;

export interface ClassShown {
  index: number;
  name: string;
  count: number;
  /** Which of the palette's colours, or null for one that shares the grey of the others. */
  series: number | null;
}

/** The classes by how many points they have; the most frequent ones have a colour of their own. */
export function classesOf({ meaning, colours }: MapPoints): ClassShown[] {
  if (!("names" in meaning)) return [];
  const counts = new Uint32Array(meaning.names.length);
  for (const colour of colours) if (colour !== NO_NAME) counts[colour] = (counts[colour] ?? 0) + 1;
  const all = meaning.names.map((name, index) => ({ index, name, count: counts[index] ?? 0 }));
  const sorted = all
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count || one.index - other.index);
  const own = sorted.length <= DISTINCT + 1 ? DISTINCT + 1 : DISTINCT;
  return sorted.map((each, rank) => ({ ...each, series: rank < own ? rank : null }));
}

export interface Painting {
  colours: Uint8Array;
  /** The points from the lowest to the highest: those that are not meant are below. */
  order: Uint32Array;
}

export interface Paint {
  points: MapPoints;
  classes: ClassShown[];
  palette: Colours;
  /** By the points' indices whether they are meant; null for all. */
  lit: Uint8Array | null;
  /** The class that is looked at alone. */
  only?: string;
}

/** The colours of all points. */
export function painted({ points, classes, palette, lit, only }: Paint): Painting {
  const colourOf = "names" in points.meaning ? ofClasses(points, classes, palette, only) : ofScores(points, palette);
  const colours = new Uint8Array(4 * points.size);
  const isLit = (index: number) => lit === null || lit[index] === 1;
  for (let index = 0; index < points.size; index += 1) {
    colours.set(isLit(index) ? colourOf(index) : palette["ink-soft"], 4 * index);
    colours[4 * index + 3] = isLit(index) ? LIT : DIM;
  }
  return { colours, order: ordered(points, isLit) };
}

function ofClasses(points: MapPoints, classes: ClassShown[], palette: Colours, only?: string): (index: number) => Rgb {
  const grey = palette.series[DISTINCT] ?? palette["ink-soft"];
  const tones = new Map(
    classes.map(({ index, series, name }) => [
      index,
      series === null ? (name === only ? palette.accent : grey) : (palette.series[series] ?? grey),
    ]),
  );
  return (index) => tones.get(points.colours[index] ?? NO_NAME) ?? palette.line;
}

function ofScores({ colours, meaning }: MapPoints, palette: Colours): (index: number) => Rgb {
  const low = "low" in meaning ? (meaning.low ?? 0) : 0;
  const high = "high" in meaning ? (meaning.high ?? 1) : 1;
  const steps = Array.from({ length: STEPS + 1 }, (_, step) => ramp(palette, step / STEPS));
  return (index) => {
    const score = colours[index] ?? NaN;
    if (Number.isNaN(score)) return palette.line;
    return steps[Math.round((STEPS * (score - low)) / (high - low || 1))] ?? palette.accent;
  };
}

/** From blue to orange, which all people tell apart. */
export function ramp(palette: Colours, share: number): Rgb {
  const [from, to] = [palette.series[6] ?? palette.accent, palette.series[1] ?? palette.bad];
  const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (to[channel] - from[channel]) * share);
  return [mix(0), mix(1), mix(2)];
}

function ordered(points: MapPoints, isLit: (index: number) => boolean): Uint32Array {
  const isScore = !("names" in points.meaning);
  // Below: not meant; then those without a score; above them those with one.
  const level = (index: number) => (isLit(index) ? (isScore && Number.isNaN(points.colours[index]) ? 1 : 2) : 0);
  const order = new Uint32Array(points.size);
  let next = 0;
  for (const wanted of [0, 1, 2]) {
    for (let index = 0; index < points.size; index += 1) {
      if (level(index) === wanted) order[next++] = index;
    }
  }
  return order;
}

/** Which points have one of the numbers; both ascend. */
export function among(numbers: Int32Array, found: Int32Array): Uint8Array {
  const lit = new Uint8Array(numbers.length);
  let place = 0;
  for (let index = 0; index < numbers.length; index += 1) {
    while (place < found.length && (found[place] ?? 0) < (numbers[index] ?? 0)) place += 1;
    if (found[place] === numbers[index]) lit[index] = 1;
  }
  return lit;
}
