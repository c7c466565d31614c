import { choiceOf, textOf, type Search } from "@/hooks/search_values";

export interface OverviewSearch {
  /** A kind of issue that is about groups of rows, whose groups are shown. */
  kind?: string;
  /** Whether all classes are shown, or the most frequent. */
  classes?: "all";
}

export const overviewSearch = (search: Search): OverviewSearch => ({
  kind: textOf(search.kind),
  classes: choiceOf(search.classes, ["all"] as const),
});
