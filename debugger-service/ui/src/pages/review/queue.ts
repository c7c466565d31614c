import {
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { answer, api } from "@/api/client";
import { PAGED } from "@/api/paging";
import { rowQuery } from "@/api/project_data";
import type { Row, Schemas } from "@/api/types";
import { both } from "@/hooks/filters";
import { neededBy } from "./orders";
import type { Wanted } from "./search";

const PAGE = 100;
/** So many rows before the end of what is loaded, more is asked for. */
const AHEAD = 30;
const MOST_RELOADED = 5;

type Rows = InfiniteData<Schemas["Page_RowOut_"], string | undefined>;

/** All of a project's queues. They are no part of what a decision invalidates: rows would move under the reader. */
export const queuesKey = (project: string) => ["queues", project] as const;

const sizesKey = (project: string) => ["queue sizes", project] as const;

/** The rows to go through, as they were found; what is decided on stays in its place until they are asked for anew. */
export const queueQuery = (project: string, analysis: string | null, { filter, order }: Wanted) =>
  infiniteQueryOptions({
    queryKey: [...queuesKey(project), analysis, filter, order],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/projects/{project_id}/rows", {
          params: {
            path: { project_id: project },
            query: { filter, order_by: order, limit: PAGE, cursor: pageParam },
          },
          signal,
        }),
      ),
    ...PAGED,
    staleTime: Infinity,
  });

/** How many rows there were when they were found; it stays while they are decided on. */
const sizeQuery = (project: string, analysis: string | null, { filter, order }: Wanted) =>
  queryOptions({
    queryKey: [...sizesKey(project), analysis, filter, order],
    queryFn: ({ signal }) => {
      const query = { filter: both(filter, neededBy(order)) };
      const params = { path: { project_id: project }, query };
      return answer(api.GET("/projects/{project_id}/rows/counts", { params, signal }));
    },
    select: ({ rows }) => rows,
    staleTime: Infinity,
  });

export interface Queue {
  rows: readonly Row[];
  /** All that there are, loaded or not; undefined until that is known. */
  size: number | undefined;
  isLoading: boolean;
  error: Error | null;
  hasMore: boolean;
  /** Whether more could not be loaded: it is not tried again by itself. */
  hasStopped: boolean;
  loadMore: () => void;
  goOn: () => void;
  reload: () => void;
}

export function useQueue(project: string, analysis: string | null, wanted: Wanted): Queue {
  const cache = useQueryClient();
  const query = useInfiniteQuery(queueQuery(project, analysis, wanted));
  const size = useQuery(sizeQuery(project, analysis, wanted));
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const canLoad = hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  const loadMore = useCallback(() => {
    if (canLoad) void fetchNextPage();
  }, [canLoad, fetchNextPage]);
  return {
    rows,
    size: size.data,
    isLoading: query.isPending,
    error: query.error,
    hasMore: hasNextPage,
    hasStopped: isFetchNextPageError,
    loadMore,
    goOn: () => void fetchNextPage(),
    reload: () => void reloadQueues(cache, project),
  };
}

/** Whether the reader at this index will soon be at the end of what is loaded. */
export const isNearEnd = (index: number, loaded: number) => index >= loaded - AHEAD;

/** Shows what is newly known of rows, wherever they are shown. */
export function patchRows(cache: QueryClient, project: string, changes: ReadonlyMap<number, Partial<Row>>): void {
  cache.setQueriesData<Rows>({ queryKey: queuesKey(project) }, (data) => data && patched(data, changes));
  for (const [number, change] of changes) {
    cache.setQueryData(rowQuery(project, number).queryKey, (row) => row && { ...row, ...change });
  }
}

function patched(data: Rows, changes: ReadonlyMap<number, Partial<Row>>): Rows {
  const pages = data.pages.map((page) => {
    if (!page.items.some(({ number }) => changes.has(number))) return page;
    return { ...page, items: page.items.map((row) => ({ ...row, ...changes.get(row.number) })) };
  });
  return { ...data, pages };
}

/** Asks for the lists anew, and not for all that was ever loaded of them: the pages come one after the other. */
export async function reloadQueues(cache: QueryClient, project: string): Promise<void> {
  cache.setQueriesData<Rows>(
    { queryKey: queuesKey(project) },
    (data) =>
      data && { pages: data.pages.slice(0, MOST_RELOADED), pageParams: data.pageParams.slice(0, MOST_RELOADED) },
  );
  await Promise.all([
    cache.invalidateQueries({ queryKey: queuesKey(project) }),
    cache.invalidateQueries({ queryKey: sizesKey(project) }),
  ]);
}

/** The numbers of all rows that are loaded in some queue. */
export function loadedNumbers(cache: QueryClient, project: string): Set<number> {
  const queues = cache.getQueriesData<Rows>({ queryKey: queuesKey(project) });
  const pages = queues.flatMap(([, data]) => data?.pages ?? []);
  return new Set(pages.flatMap(({ items }) => items.map(({ number }) => number)));
}
