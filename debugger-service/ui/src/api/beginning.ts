import type { DefaultError, QueryClient, QueryKey } from "@tanstack/react-query";
import { projectQuery } from "./projects";
import type { Project } from "./types";

/** What fails is asked for again by the page that needs it, which then says why. */
const ignore = () => undefined;

type Options<T, E, D, Q, K extends QueryKey> = Parameters<typeof QueryClient.prototype.query<T, E, D, Q, K>>[0];
type PagedOptions<T, D, K extends QueryKey, P> = Parameters<
  typeof QueryClient.prototype.infiniteQuery<T, DefaultError, D, K, P>
>[0];

/** Asks for what a page will need, before the page is there. */
export async function begin<T, D, Q, K extends QueryKey>(
  cache: QueryClient,
  options: Options<T, DefaultError, D, Q, K>,
): Promise<D | undefined> {
  return cache.query(options).catch(ignore);
}

/** The same for what comes a page at a time: the first one. */
export async function beginPaged<T, D, K extends QueryKey, P>(cache: QueryClient, options: PagedOptions<T, D, K, P>) {
  return cache.infiniteQuery(options).catch(ignore);
}

/** The project if it was analysed: before that there is nothing to ask for that an analysis finds. */
export async function beginAnalysed(cache: QueryClient, id: string): Promise<Project | undefined> {
  const project = await begin(cache, projectQuery(id));
  return project?.analysis_id ? project : undefined;
}
