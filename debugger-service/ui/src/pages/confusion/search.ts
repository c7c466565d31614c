import { choiceOf, textOf, type Search } from "@/hooks/search_values";

export const SOURCES = ["out_of_sample", "served"] as const;

export interface ConfusionSearch {
  filter?: string;
  source?: (typeof SOURCES)[number];
  /** The cell that is looked at: its label and its prediction. */
  label?: string;
  prediction?: string;
}

export const confusionSearch = (search: Search): ConfusionSearch => ({
  filter: textOf(search.filter),
  source: choiceOf(search.source, SOURCES),
  label: textOf(search.label),
  prediction: textOf(search.prediction),
});
