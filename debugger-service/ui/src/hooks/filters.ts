/** A text as a string of the filter language. */
export const quoted = (text: string) => JSON.stringify(text);

/** `label = "refund"`; a null means that there is no value. */
export function equals(field: string, value: string | null): string {
  return value === null ? `NOT ${field} : *` : `${field} = ${quoted(value)}`;
}

/** What all the filters find; empty ones find everything. */
export function both(...filters: (string | undefined)[]): string {
  const given = filters.filter((filter) => filter?.trim());
  return given.length > 1 ? given.map((filter) => `(${filter})`).join(" AND ") : (given[0] ?? "");
}

/** The rows that have an issue of the kind and that nobody has decided on. */
export const openIssues = (kind: string) => `issue.${kind} > 0 AND NOT decision : *`;
