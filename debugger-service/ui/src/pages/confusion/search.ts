import { both, equals } from "@/hooks/filters";
import { choiceOf, textOf, type Search } from "@/hooks/search_values";

export const SOURCES = ["out_of_sample", "served"] as const;
export const VIEWS = ["matrix", "table"] as const;
export const SORTS = ["label", "support", "predicted", "precision", "recall", "f1"] as const;
export const DIRECTIONS = ["up", "down"] as const;

export interface ConfusionSearch {
  filter?: string;
  source?: (typeof SOURCES)[number];
  split?: string;
  view?: (typeof VIEWS)[number];
  /** The cell that is looked at: its label and its prediction. */
  label?: string;
  prediction?: string;
  /** By what the classes are sorted. */
  sort?: (typeof SORTS)[number];
  direction?: (typeof DIRECTIONS)[number];
}

export const confusionSearch = (search: Search): ConfusionSearch => ({
  filter: textOf(search.filter),
  source: choiceOf(search.source, SOURCES),
  split: textOf(search.split),
  view: choiceOf(search.view, VIEWS),
  label: textOf(search.label),
  prediction: textOf(search.prediction),
  sort: choiceOf(search.sort, SORTS),
  direction: choiceOf(search.direction, DIRECTIONS),
});

/** The rows that the matrix is about, as one filter of the service. */
export const withinOf = ({ filter, split }: ConfusionSearch) =>
  both(filter, split === undefined ? undefined : equals("split", split));
