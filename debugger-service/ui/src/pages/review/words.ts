import type { Schemas } from "@/api/types";
import { cutAt, heaviest } from "@/hooks/marked_words";

/** A piece of a text, with how much the answer rests on it, from -1 to 1 beside the heaviest word. */
export interface Piece {
  text: string;
  weight: number;
}

/** Less than this part of certainty is not marked: it is noise. */
const LEAST = 0.02;

/** The text in pieces. */
export function pieces(text: string, words: readonly Schemas["WordOut"][]): Piece[] {
  const most = heaviest(words);
  return cutAt(text, words).map(({ text: part, word }) => {
    const weight = word === undefined ? 0 : (words[word]?.weight ?? 0);
    return { text: part, weight: Math.abs(weight) < LEAST ? 0 : weight / most };
  });
}
