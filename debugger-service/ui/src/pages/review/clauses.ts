import { equals } from "@/hooks/filters";

/** The rows that nobody has decided on. */
export const UNDECIDED = "NOT decision : *";

/**
 * The parts of a filter that all must hold: what AND joins, also within brackets. A filter with OR outside of brackets,
 * and one whose brackets or quotation marks do not close, is one part.
 */
export function clausesOf(filter: string): string[] {
  const text = filter.trim();
  if (!text) return [];
  const parts = split(text);
  if (!parts) return [text];
  return parts.flatMap((part) => {
    const inside = unwrapped(part);
    return inside !== null && split(inside) ? clausesOf(inside) : [part];
  });
}

/** The filter that all parts must hold of. */
export function joined(clauses: readonly string[]): string {
  if (clauses.length < 2) return clauses[0] ?? "";
  return clauses.map((clause) => (split(clause) ? clause : `(${clause})`)).join(" AND ");
}

/** The filter with one part more, or without it. */
export function toggled(filter: string, clause: string): string {
  const clauses = clausesOf(filter);
  return joined(clauses.includes(clause) ? clauses.filter((each) => each !== clause) : [...clauses, clause]);
}

export const has = (filter: string, clause: string) => clausesOf(filter).includes(clause);

/** The value that a part `field = "value"` asks for; null for `NOT field : *`, undefined where no part is about it. */
export function valueIn(filter: string, field: string): string | null | undefined {
  for (const clause of clausesOf(filter)) {
    if (clause === equals(field, null)) return null;
    const value = equalTo(clause, field);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The filter with this value of the field in place of another; `undefined` for any. */
export function withValue(filter: string, field: string, value: string | null | undefined): string {
  const others = clausesOf(filter).filter(
    (clause) => clause !== equals(field, null) && equalTo(clause, field) === undefined,
  );
  return joined(value === undefined ? others : [...others, equals(field, value)]);
}

/** The filter with the rows of another kind of issue; `undefined` for rows with or without any. */
export function withKind(filter: string, kind: string | undefined): string {
  const others = clausesOf(filter).filter((clause) => !/^issue\.[a-z_]+ > 0$/.test(clause));
  return joined(kind ? [`issue.${kind} > 0`, ...others] : others);
}

function equalTo(clause: string, field: string): string | undefined {
  if (!clause.startsWith(field)) return undefined;
  const value = /^\s*=\s*(\S.*)$/.exec(clause.slice(field.length))?.[1];
  if (value === undefined) return undefined;
  if (!value.startsWith('"')) return /\s/.test(value) ? undefined : value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return undefined;
  }
}

function unwrapped(part: string): string | null {
  if (!part.startsWith("(") || !part.endsWith(")")) return null;
  const inside = part.slice(1, -1);
  return depths(inside) === null ? null : inside;
}

/** The parts between `AND`s outside of brackets; null where there is an `OR`, or the text does not close. */
function split(text: string): string[] | null {
  const outside = depths(text);
  if (outside === null) return null;
  const parts: string[] = [];
  let start = 0;
  for (const { index, 0: found } of text.matchAll(/\s+(AND|OR)\s+/g)) {
    if (!outside[index]) continue;
    if (found.trim() === "OR") return null;
    parts.push(text.slice(start, index).trim());
    start = index + found.length;
  }
  return [...parts, text.slice(start).trim()].filter(Boolean);
}

/** Of each character whether it is outside of brackets and quotation marks; null where these do not close. */
function depths(text: string): boolean[] | null {
  const outside: boolean[] = [];
  let depth = 0;
  let quote = "";
  for (let index = 0; index < text.length; index += 1) {
    const sign = text.charAt(index);
    outside.push(depth === 0 && !quote);
    if (quote) {
      if (sign === "\\") outside.push(((index += 1), false));
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "(") depth += 1;
    else if (sign === ")" && (depth -= 1) < 0) return null;
  }
  return depth === 0 && !quote ? outside : null;
}
