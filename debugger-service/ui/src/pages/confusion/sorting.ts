import type { Schemas } from "@/api/types";
import type { SORTS } from "./search";

type Class = Schemas["ClassOut"];
export type Sort = (typeof SORTS)[number];

/** The classes by a column; of equals the one with more rows first. */
export function sorted(classes: readonly Class[], sort: Sort, direction: "up" | "down"): Class[] {
  const sign = direction === "up" ? 1 : -1;
  return [...classes].sort((one, other) => sign * compared(one, other, sort) || other.support - one.support);
}

function compared(one: Class, other: Class, sort: Sort): number {
  if (sort === "label") return one.label.localeCompare(other.label);
  return valueOf(one, sort) - valueOf(other, sort);
}

function valueOf(each: Class, sort: Exclude<Sort, "label">): number {
  const value = each[sort];
  return typeof value === "number" ? value : value.value;
}
