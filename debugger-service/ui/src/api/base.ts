/** Where the service is: the folder of this page, so that the page works behind a gateway's prefix too. */
export const BASE = new URL(".", document.baseURI.replace(/[?#].*$/, "")).href.replace(/\/$/, "");

/** The address of what a plain link or an event source asks for, such as `projects/ID/export`. */
export function address(path: string, query: Record<string, string | number | undefined> = {}): string {
  const parameters = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const search = new URLSearchParams(parameters.map(([name, value]) => [name, String(value)]));
  return `${BASE}/${path}${search.size ? `?${search.toString()}` : ""}`;
}
