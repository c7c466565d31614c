/** What comes from an address may be anything: what does not fit is left out. */
export type Search = Record<string, unknown>;

const MOST_CHARACTERS = 2_000;

export function textOf(value: unknown): string | undefined {
  const isText = typeof value === "string" || typeof value === "number";
  return isText && value !== "" ? String(value).slice(0, MOST_CHARACTERS) : undefined;
}

/** A whole number from 1. */
export function numberOf(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 1 ? number : undefined;
}

export function choiceOf<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === value);
}
