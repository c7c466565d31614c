import createClient, { type Middleware } from "openapi-fetch";
import { BASE } from "./base";
import { asProblem, problemOf } from "./problem";
import type { paths } from "./schema";

const refusals: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    const body: unknown = await response.json().catch(() => undefined);
    throw problemOf(response.status, body);
  },
  onError: ({ error }) => (isAbort(error) ? undefined : asProblem(error)),
};

/** Asks the service, typed by its `openapi.json`; every answer that is no success is thrown as a `Problem`. */
export const api = createClient<paths>({ baseUrl: BASE, fetch: (request) => fetch(request) });
api.use(refusals);

/** The body of an answer; what failed was thrown before. */
export async function answer<T>(request: Promise<{ data?: T }>): Promise<T> {
  const { data } = await request;
  return data as T;
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
