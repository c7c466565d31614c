import { infiniteQueryOptions, useInfiniteQuery, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { answer, api } from "@/api/client";
import { rowQuery } from "@/api/project_data";
import type { Row, Schemas } from "@/api/types";
import type { Wanted } from "./search";

const PAGE = 100;
/** So many rows before the end of what is loaded, more is asked for. */
const AHEAD = 30;

type Rows = InfiniteData<Schemas["Page_RowOut_"], string | undefined>;

/** All of a project's queues. They are no part of what a decision invalidates: rows would move under the reader. */
export const queuesKey = (project: string) => ["queues", project] as const;

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
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    staleTime: Infinity,
  });

export interface Queue {
  rows: readonly Row[];
  isLoading: boolean;
  error: Error | null;
  hasMore: boolean;
  loadMore: () => void;
  reload: () => void;
}

export function useQueue(project: string, analysis: string | null, wanted: Wanted): Queue {
  const query = useInfiniteQuery(queueQuery(project, analysis, wanted));
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  return {
    rows,
    isLoading: query.isPending,
    error: query.error,
    hasMore: hasNextPage,
    loadMore: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    reload: () => void refetch(),
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

/** The numbers of all rows that are loaded in some queue. */
export function loadedNumbers(cache: QueryClient, project: string): Set<number> {
  const queues = cache.getQueriesData<Rows>({ queryKey: queuesKey(project) });
  const pages = queues.flatMap(([, data]) => data?.pages ?? []);
  return new Set(pages.flatMap(({ items }) => items.map(({ number }) => number)));
}
