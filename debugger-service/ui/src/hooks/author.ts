import { remembered } from "./remembered";
import { newStore, useStore } from "./store";

const MOST_CHARACTERS = 255;

const name = remembered("author", "");
/** What waits for a name: the dialog "Who are you?" is open while there is something. */
const asking = newStore<((given: string | null) => void) | null>(null);

export const useAuthor = () => useStore(name);
export const useAuthorQuestion = () => useStore(asking);

/** Resolves to the person's name, which is asked for once and then remembered; null where none was given. */
export function author(): Promise<string | null> {
  return name.get() ? Promise.resolve(name.get()) : askAuthor();
}

/** Asks who is there, also where that is known. */
export function askAuthor(): Promise<string | null> {
  asking.get()?.(null);
  return new Promise((resolve) => asking.set(resolve));
}

/** Ends the question; null where nothing was given. */
export function answerAuthor(given: string | null): void {
  const cleaned = given?.trim().slice(0, MOST_CHARACTERS) ?? "";
  if (cleaned) name.set(cleaned);
  asking.get()?.(cleaned || null);
  asking.set(null);
}
