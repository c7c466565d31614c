import { NO_NAME, type MapPoints } from "@/api/map_file";
import type { Colours, Rgb } from "@/hooks/colours";

/** Colours of the palette that classes take; the last one, a grey, is for those that have none. */
const DISTINCT = 7;
const LIT = 215;
const PALE = 75;
const DIM = 22;
const STEPS = 64;
/** So many classes around one have other colours than it has, as far as there are enough. */
const AROUND = 6;

export interface ClassShown {
  index: number;
  name: string;
  count: number;
  /** Which of the palette's colours. */
  series: number;
  /** The middle of its points: the medians. */
  x: number;
  y: number;
}

/**
 * The classes by how many points they have. No palette tells 150 classes apart: where there are more than colours, the
 * most frequent ones have one of their own among themselves, and each other one has what is rarest around it.
 */
export function classesOf(points: MapPoints): ClassShown[] {
  const { meaning } = points;
  if (!("names" in meaning)) return [];
  const members = membersOf(points, meaning.names.length);
  const all = meaning.names.map((name, index) => {
    const own = members[index] ?? [];
    return { index, name, count: own.length, x: median(points.x, own), y: median(points.y, own) };
  });
  const sorted = all
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count || one.index - other.index);
  const found: ClassShown[] = [];
  for (const each of sorted)
    found.push({ ...each, series: found.length < DISTINCT ? found.length : rarest(found, each) });
  return found;
}

function membersOf({ colours }: MapPoints, count: number): number[][] {
  const members = Array.from({ length: count }, (): number[] => []);
  colours.forEach((colour: number, index: number) => members[colour]?.push(index));
  return members;
}

function median(values: Float32Array, members: readonly number[]): number {
  const sorted = Float32Array.from(members, (index) => values[index] ?? 0).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function rarest(found: readonly ClassShown[], { x, y }: { x: number; y: number }): number {
  const far = (each: ClassShown) => Math.hypot(each.x - x, each.y - y);
  const near = [...found].sort((one, other) => far(one) - far(other)).slice(0, AROUND);
  const taken = new Array<number>(DISTINCT).fill(0);
  near.forEach(({ series }, rank) => (taken[series] = (taken[series] ?? 0) + AROUND - rank));
  return taken.indexOf(Math.min(...taken));
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
}

/** The colours of all points. */
export function painted({ points, classes, palette, lit }: Paint): Painting {
  const colourOf = "names" in points.meaning ? ofClasses(points, classes, palette) : ofScores(points, palette);
  const none = palette.series[DISTINCT] ?? palette["ink-soft"];
  const colours = new Uint8Array(4 * points.size);
  for (let index = 0; index < points.size; index += 1) {
    const isLit = lit === null || lit[index] === 1;
    const colour = isLit ? colourOf(index) : undefined;
    colours.set(colour ?? none, 4 * index);
    colours[4 * index + 3] = colour ? LIT : isLit ? PALE : DIM;
  }
  return { colours, order: ordered(points, colours) };
}

type ColourOf = (index: number) => Rgb | undefined;

function ofClasses(points: MapPoints, classes: ClassShown[], palette: Colours): ColourOf {
  const tones = new Map(classes.map(({ index, series }) => [index, palette.series[series]]));
  return (index) => tones.get(points.colours[index] ?? NO_NAME);
}

function ofScores({ colours, meaning }: MapPoints, palette: Colours): ColourOf {
  const low = "low" in meaning ? (meaning.low ?? 0) : 0;
  const high = "high" in meaning ? (meaning.high ?? 1) : 1;
  const steps = Array.from({ length: STEPS + 1 }, (_, step) => ramp(palette, step / STEPS));
  return (index) => {
    const score = colours[index] ?? NaN;
    return Number.isNaN(score) ? undefined : steps[Math.round((STEPS * (score - low)) / (high - low || 1))];
  };
}

/** From pale to full orange: one hue, so that how strong it is says it all. */
export function ramp(palette: Colours, share: number): Rgb {
  const [from, to] = [palette.card, palette.series[1] ?? palette.bad];
  const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (to[channel] - from[channel]) * (0.3 + 0.7 * share));
  return [mix(0), mix(1), mix(2)];
}

/** From the lowest: what is not meant, what has no value, and the rest; scores from the least. */
function ordered({ size, colours: values, meaning }: MapPoints, colours: Uint8Array): Uint32Array {
  const order = new Uint32Array(size);
  let next = 0;
  for (const alpha of [DIM, PALE, LIT]) {
    const from = next;
    for (let index = 0; index < size; index += 1) if (colours[4 * index + 3] === alpha) order[next++] = index;
    if (alpha === LIT && !("names" in meaning)) {
      order.subarray(from, next).sort((one, other) => (values[one] ?? 0) - (values[other] ?? 0));
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
