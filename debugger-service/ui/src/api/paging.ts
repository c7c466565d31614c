import type { InfiniteData } from "@tanstack/react-query";

/** How a list that comes a page at a time goes on. */
export const PAGED = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { next_cursor?: string | null }) => last.next_cursor ?? undefined,
};

/** All that the pages hold, for `select`. */
export const allItems = <T>({ pages }: InfiniteData<{ items: T[] }, string | undefined>): T[] =>
  pages.flatMap(({ items }) => items);
