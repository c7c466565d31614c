import type { Rate } from "@/api/behaviour";

const ENDS = [0.1, 0.25, 0.5, 1];
/** The interval of fewer rows is so wide that it says nothing. */
export const MANY_ROWS = 20;

/** Where bars are to end, so that small rates can be told apart. */
export function endOf(rates: readonly Pick<Rate, "rate" | "rows">[], many = MANY_ROWS): number {
  const most = Math.max(0, ...rates.map(({ rate, rows }) => (rows >= many ? rate.high : rate.value)));
  return ENDS.find((end) => most <= end) ?? 1;
}
