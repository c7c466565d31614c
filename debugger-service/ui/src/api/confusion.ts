import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { projectKey } from "./projects";
import type { Schemas } from "./types";

/** Whose predictions: of models that have not seen a row, or of the model in use. */
export type Source = "out_of_sample" | "served";

const MOST_PROPOSALS = 100;

/** Which classes are taken for which, on the rows that a filter finds; 409 where nothing was predicted. */
export const confusionQuery = (project: string, source: Source, filter = "") =>
  queryOptions({
    queryKey: [...projectKey(project), "confusion", source, filter],
    queryFn: ({ signal }) =>
      // The client makes arrays of tuples.
      answer(
        api.GET("/projects/{project_id}/confusion", {
          params: { path: { project_id: project }, query: { source, filter } },
          signal,
        }),
      ) as Promise<Schemas["ConfusionOut"]>,
    placeholderData: keepPreviousData,
  });

/** How right a model is by class, on the rows that a filter finds. */
export const classesQuery = (project: string, source: Source, filter = "") =>
  queryOptions({
    queryKey: [...projectKey(project), "metrics", source, filter],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/projects/{project_id}/metrics", {
          params: { path: { project_id: project }, query: { source, filter } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

/** Pairs of classes that the analysis proposes to merge or to split. */
export const ambiguousQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "issues", "ambiguous_classes"],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/projects/{project_id}/issues/{kind}", {
          params: {
            path: { project_id: project, kind: "ambiguous_classes" },
            query: { limit: MOST_PROPOSALS },
          },
          signal,
        }),
      ),
  });
