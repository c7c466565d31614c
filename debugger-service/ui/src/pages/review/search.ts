import { openIssues } from "@/hooks/filters";
import { choiceOf, numberOf, textOf, type Search } from "@/hooks/search_values";

export const VIEWS = ["row", "table"] as const;

export interface ReviewSearch {
  /** Which rows; empty for all of them, and left out for those that most likely have a wrong label. */
  filter?: string;
  /** The kind of issue that is gone through; its proposals are what "accept" follows. */
  kind?: string;
  /** As the service's `order_by`. */
  order?: string;
  view?: (typeof VIEWS)[number];
  /** The row that is looked at, by its number. */
  row?: number;
}

export const reviewSearch = (search: Search): ReviewSearch => ({
  filter: search.filter === "" ? "" : textOf(search.filter),
  kind: kindOf(search.kind),
  order: textOf(search.order),
  view: choiceOf(search.view, VIEWS),
  row: numberOf(search.row),
});

/** Which rows are gone through, in which order. */
export interface Wanted {
  filter: string;
  kind: string | undefined;
  order: string;
}

const FIRST_KIND = "label_error";

/** What an address means: where it says nothing, the likeliest label errors first. */
export function wantedOf({ filter, kind, order }: ReviewSearch): Wanted {
  const gone = filter === undefined && kind === undefined ? FIRST_KIND : kind;
  return {
    filter: filter ?? (gone ? openIssues(gone) : ""),
    kind: gone,
    order: order ?? (gone ? `issue.${gone} desc` : "number"),
  };
}

function kindOf(value: unknown): string | undefined {
  const kind = textOf(value);
  return kind !== undefined && /^[a-z_]{1,100}$/.test(kind) ? kind : undefined;
}
