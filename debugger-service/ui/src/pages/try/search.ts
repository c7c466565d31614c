import { choiceOf, textOf, type Search } from "@/hooks/search_values";

export const SOURCES = ["own", "served"] as const;
export const VIEWS = ["sentence", "tests"] as const;

export interface TrySearch {
  view?: (typeof VIEWS)[number];
  /** The sentence that is tried. */
  text?: string;
  /** Whom to ask: by default the project's own model. */
  source?: (typeof SOURCES)[number];
  /** Of a model in use: its name in the service's settings. */
  service?: string;
  /** The behavioural test that is looked at; by default the newest. */
  test?: string;
}

export const trySearch = (search: Search): TrySearch => ({
  view: choiceOf(search.view, VIEWS),
  text: textOf(search.text),
  source: choiceOf(search.source, SOURCES),
  service: textOf(search.service),
  test: textOf(search.test),
});
