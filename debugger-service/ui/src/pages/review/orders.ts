/** What rows can be sorted by, as the service takes it, and in words. */
export const ORDERS: Readonly<Record<string, string>> = {
  "confidence desc": "Surest prediction first",
  confidence: "Least sure prediction first",
  number: "As in the file",
  "version desc": "Changed last first",
  "length desc": "Longest first",
  length: "Shortest first",
};

/** An order in words. */
export function orderTitle(order: string): string {
  const known = ORDERS[order];
  if (known) return known;
  if (order.startsWith("issue.")) return "Likeliest issue first";
  return order.startsWith("similar(") ? "Most similar first" : order;
}

const NEEDED: Readonly<Record<string, string>> = {
  confidence: "confidence >= 0",
  "served.confidence": "served.confidence >= 0",
  score: "score : *",
};

/** What the rows lack that the order leaves out, in words. */
export function lackedBy(order: string): string {
  if (order.startsWith("issue.")) return "this issue";
  return order.startsWith("score") ? "a score" : "a prediction";
}

/** What holds of the rows that the order does not leave out: those that lack its value are not in the list. */
export function neededBy(order: string): string {
  const [field = ""] = order.split(" ");
  return field.startsWith("issue.") ? `${field} > 0` : (NEEDED[field] ?? "");
}
