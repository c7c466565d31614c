import type { Schemas } from "@/api/types";

export type Word = Schemas["WordOut"];

/** A piece of a text, with how much the answer rests on it, from -1 to 1 beside the heaviest word. */
export interface Piece {
  text: string;
  weight: number;
}

/** Less than this part of certainty is not marked: it is noise. */
const LEAST = 0.02;
/** Beside this much at least: where no word matters much, none is marked strongly. */
const HEAVY = 0.1;

/** The text in pieces; the service counts in code points, JavaScript in UTF-16. */
export function pieces(text: string, words: readonly Word[]): Piece[] {
  const points = Array.from(text);
  const heaviest = Math.max(HEAVY, ...words.map(({ weight }) => Math.abs(weight)));
  const found: Piece[] = [];
  let at = 0;
  const upTo = (wanted: number, weight: number) => {
    const end = Math.min(wanted, points.length);
    if (end > at) found.push({ text: points.slice(at, end).join(""), weight });
    at = Math.max(at, end);
  };
  for (const { start, end, weight } of words) {
    upTo(start, 0);
    upTo(end, Math.abs(weight) < LEAST ? 0 : weight / heaviest);
  }
  upTo(points.length, 0);
  return found;
}
