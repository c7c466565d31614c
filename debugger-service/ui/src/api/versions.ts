import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { undoVersion } from "./decisions";
import { allItems, PAGED } from "./paging";
import { projectKey } from "./projects";
import type { Schemas } from "./types";

export type Difference = Schemas["DifferenceOut"];

const PAGE = 100;

/** The data versions, the newest first. */
export const versionsQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: [...projectKey(project), "versions"],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/projects/{project_id}/versions", {
          params: { path: { project_id: project }, query: { limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    ...PAGED,
    select: allItems,
  });

/** The rows that two versions see differently, a page at a time; with `contains` those that have it in their text or label. */
export const differencesQuery = (project: string, from: number, to: number, contains: string) =>
  infiniteQueryOptions({
    queryKey: [...projectKey(project), "differences", from, to, contains],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/projects/{project_id}/differences", {
          params: { path: { project_id: project }, query: { from, to, contains, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    ...PAGED,
    select: allItems,
  });

/** Undoes a version by a new one; of an undo that is doing it again. */
export function useUndoVersion(project: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ number, author }: { number: number; author: string }) => undoVersion(project, number, author),
    onSettled: () => cache.invalidateQueries({ queryKey: projectKey(project) }),
  });
}
