import type { Schemas } from "@/api/types";

type Word = Schemas["WordOut"];

/** A piece of a text: a word that was weighed, by its position among the words, or what is between words. */
export interface Cut {
  text: string;
  word?: number;
}

/** Beside this much at least: where no word matters much, none is marked strongly. */
const HEAVY = 0.1;

/** The text cut at its words; the service counts in code points, JavaScript in UTF-16. */
export function cutAt(text: string, words: readonly Pick<Word, "start" | "end">[]): Cut[] {
  const points = Array.from(text);
  const found: Cut[] = [];
  let at = 0;
  const upTo = (wanted: number, word?: number) => {
    const end = Math.min(wanted, points.length);
    if (end > at) found.push({ text: points.slice(at, end).join(""), word });
    at = Math.max(at, end);
  };
  words.forEach(({ start, end }, word) => {
    upTo(start);
    upTo(end, word);
  });
  upTo(points.length);
  return found;
}

/** What a word's weight is measured by: the heaviest word. */
export const heaviest = (words: readonly Pick<Word, "weight">[]) =>
  Math.max(HEAVY, ...words.map(({ weight }) => Math.abs(weight)));
