import type { Word } from "@/api/behaviour";

/** A piece of a text: a word with what the answer owes to it, or what is between words. */
export interface Piece {
  text: string;
  /** The position among the words; undefined between words. */
  word?: number;
  weight: number;
}

/** The text in pieces; the service counts in code points, and JavaScript in UTF-16. */
export function pieces(text: string, words: readonly Word[]): Piece[] {
  const points = Array.from(text);
  const slice = (start: number, end?: number) => points.slice(start, end).join("");
  const found: Piece[] = [];
  let at = 0;
  words.forEach(({ start, end, weight }, word) => {
    if (start > at) found.push({ text: slice(at, start), weight: 0 });
    found.push({ text: slice(start, end), word, weight });
    at = end;
  });
  if (at < points.length) found.push({ text: slice(at), weight: 0 });
  return found;
}

/** Below this much nothing is marked: half a percentage point. */
export const LEAST = 0.005;

/** How strongly a word is marked, from 0 to 1: beside the heaviest, and faintly where even that is light. */
export function strength(weight: number, words: readonly Word[]): number {
  const heaviest = Math.max(...words.map((word) => Math.abs(word.weight)), 0.1);
  return Math.abs(weight) < LEAST ? 0 : Math.abs(weight) / heaviest;
}

/** `+12 points`: how much surer a model is for a word. */
export function points(weight: number): string {
  const rounded = Math.round(weight * 1000) / 10;
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : ""}${Math.abs(rounded).toFixed(1)} points`;
}
