import { both, equals } from "@/hooks/filters";
import type { MapSearch } from "./search";

export const ALIKE = 0.5;

/** Fields whose values are categories, so that one of them can be looked at alone. */
export const CATEGORIES = ["label", "given", "prediction", "served", "split", "status", "decision"] as const;

export const isCategory = (colour: string) => CATEGORIES.some((field) => field === colour);

/** What the address says of which rows, as one filter of the service. */
export function filterOf({ filter, lasso, like, only, colour = "label" }: MapSearch): string {
  return both(
    filter,
    only !== undefined && isCategory(colour) ? equals(colour, only) : undefined,
    like === undefined ? undefined : `similar(${like}) > ${ALIKE}`,
    lasso === undefined ? undefined : `inside("${lasso}")`,
  );
}
