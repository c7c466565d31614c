import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { PAGED } from "./paging";
import { projectKey } from "./projects";
import type { Schemas } from "./types";

const PAGE = 100;

/** How many rows a filter finds, also by split, label, status, decision and prediction. */
export const countsQuery = (project: string, filter = "") =>
  queryOptions({
    queryKey: [...projectKey(project), "counts", filter],
    queryFn: ({ signal }) =>
      answer<Schemas["Counts"]>(
        api.GET("/projects/{project_id}/rows/counts", {
          params: { path: { project_id: project }, query: { filter } },
          signal,
        }) as Promise<{ data?: Schemas["Counts"] }>,
      ),
    placeholderData: keepPreviousData,
  });

/** The kinds of issues that the newest analysis found; 409 where there is none. */
export const kindsQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "kinds"],
    queryFn: ({ signal }) =>
      answer(api.GET("/projects/{project_id}/issues", { params: { path: { project_id: project } }, signal })),
  });

/** The rows that a filter finds, a page at a time. */
export const rowsQuery = (project: string, filter = "", order = "number") =>
  infiniteQueryOptions({
    queryKey: [...projectKey(project), "rows", filter, order],
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
  });

/** A row with all that is known of it. */
export const rowQuery = (project: string, number: number) =>
  queryOptions({
    queryKey: [...projectKey(project), "row", number],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/projects/{project_id}/rows/{number}", { params: { path: { project_id: project, number } }, signal }),
      ),
  });
