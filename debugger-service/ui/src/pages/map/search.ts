import { choiceOf, numberOf, textOf, type Search } from "@/hooks/search_values";

export const TOOLS = ["move", "lasso"] as const;

export interface MapSearch {
  /** Which rows, as typed. */
  filter?: string;
  /** As the service's `color`: `label`, `prediction`, `issue.label_error`, … */
  colour?: string;
  /** The one value of the colour's field that is looked at. */
  only?: string;
  /** Corners on the map: x and y of each, with blanks between. */
  lasso?: string;
  /** Rows like this one, by its number. */
  like?: number;
  /** The row that is looked at. */
  row?: number;
  tool?: (typeof TOOLS)[number];
}

const CORNERS = /^-?[\d.]+( -?[\d.]+){5,}$/;
const FIELD = /^[a-z_]+(\.[a-z_]+)?$/;

export const mapSearch = (search: Search): MapSearch => ({
  filter: textOf(search.filter),
  colour: fitting(search.colour, FIELD),
  only: textOf(search.only),
  lasso: fitting(search.lasso, CORNERS),
  like: numberOf(search.like),
  row: numberOf(search.row),
  tool: choiceOf(search.tool, TOOLS),
});

function fitting(value: unknown, form: RegExp): string | undefined {
  const text = textOf(value);
  return text && form.test(text) ? text : undefined;
}
