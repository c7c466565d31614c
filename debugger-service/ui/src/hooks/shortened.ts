import { disarmed } from "@/components/UserText";

const signs = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * A text of the data for a canvas: on one line, with at most so many signs, none of which turns or hides it. What is left
 * out is in the middle, as names of classes differ at their ends.
 */
export function shortened(text: string, most: number): string {
  const plain = disarmed(text).replace(/\s+/g, " ");
  if (plain.length <= most) return plain;
  const all = Array.from(signs.segment(plain), ({ segment }) => segment);
  if (all.length <= most) return plain;
  const end = Math.floor((most - 1) / 2);
  return `${all.slice(0, most - 1 - end).join("")}…${all.slice(-end).join("")}`;
}
