import type { Word } from "@/api/behaviour";
import { cutAt, heaviest, type Cut } from "@/hooks/marked_words";

/** A piece of a text, with what the answer owes to it. */
export interface Piece extends Cut {
  weight: number;
}

/** The text in pieces. */
export const pieces = (text: string, words: readonly Word[]): Piece[] =>
  cutAt(text, words).map((cut) => ({
    ...cut,
    weight: cut.word === undefined ? 0 : (words[cut.word]?.weight ?? 0),
  }));

/** Below this much nothing is marked: half a percentage point. */
export const LEAST = 0.005;

/** How strongly a word is marked, from 0 to 1: beside the heaviest, and faintly where even that is light. */
export function strength(weight: number, words: readonly Word[]): number {
  return Math.abs(weight) < LEAST ? 0 : Math.abs(weight) / heaviest(words);
}

/** `+12 points`: how much surer a model is for a word. */
export function points(weight: number): string {
  const rounded = Math.round(weight * 1000) / 10;
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : ""}${Math.abs(rounded).toFixed(1)} points`;
}
