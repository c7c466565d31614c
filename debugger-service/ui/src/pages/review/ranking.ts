/** How well what is typed fits a label, the greater the better; 0 where it does not. */
export function fit(label: string, typed: string): number {
  const wanted = plain(typed);
  const name = plain(label);
  if (!wanted) return 1;
  if (name === wanted) return 7;
  if (name.startsWith(wanted)) return 6;
  const words = name.split(" ");
  const initials = words.map((word) => word.charAt(0)).join("");
  if (initials.startsWith(wanted)) return 5;
  if (words.some((word) => word.startsWith(wanted))) return 4;
  if (name.includes(wanted)) return 3;
  if (startsWords(words, wanted.replaceAll(" ", ""))) return 2;
  return isWithin(name, wanted.replaceAll(" ", "")) ? 1 : 0;
}

/** The labels that fit what is typed, the best first; of those that fit as well, the more probable, then by name. */
export function ranked(labels: readonly string[], probable: readonly string[], typed: string): string[] {
  const places = new Map(probable.map((label, place) => [label, place]));
  const last = probable.length;
  const all = [...new Set([...probable, ...labels])];
  return all
    .map((label) => ({ label, fit: fit(label, typed), place: places.get(label) ?? last }))
    .filter((each) => each.fit > 0)
    .sort((one, other) => other.fit - one.fit || one.place - other.place || one.label.localeCompare(other.label))
    .map(({ label }) => label);
}

const plain = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[\s_\-./:]+/g, " ")
    .trim();

/** Whether beginnings of words in this order make what is wanted: `caarr` for "card arrival". */
function startsWords(words: readonly string[], wanted: string): boolean {
  if (!wanted) return true;
  const [word, ...others] = words;
  if (word === undefined) return false;
  for (let taken = Math.min(word.length, wanted.length); taken > 0; taken -= 1) {
    if (word.startsWith(wanted.slice(0, taken)) && startsWords(others, wanted.slice(taken))) return true;
  }
  return startsWords(others, wanted);
}

/** Whether the signs come in this order, with others between them. */
function isWithin(name: string, wanted: string): boolean {
  let from = 0;
  for (const sign of wanted) {
    const found = name.indexOf(sign, from);
    if (found < 0) return false;
    from = found + sign.length;
  }
  return true;
}
