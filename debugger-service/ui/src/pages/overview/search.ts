import { choiceOf, type Search } from "@/hooks/search_values";

export const SOURCES = ["out_of_sample", "served"] as const;

export interface OverviewSearch {
  /** Whose predictions are measured. */
  source?: (typeof SOURCES)[number];
}

export const overviewSearch = (search: Search): OverviewSearch => ({ source: choiceOf(search.source, SOURCES) });
