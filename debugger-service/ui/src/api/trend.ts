import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { allItems, PAGED } from "./paging";
import { projectKey } from "./projects";
import type { Schemas } from "./types";

export type Measurement = Schemas["HistoryOut"];
export type Calibration = Schemas["CalibrationOut"];
/** Whose answers are measured: those of models that have not seen the row, or those of the model in use. */
export type MeasuredSource = "out_of_sample" | "served";

const PAGE = 200;

/** What was measured after each analysis and each enrichment, the newest first. */
export const historyQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: [...projectKey(project), "metrics", "history"],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/projects/{project_id}/metrics/history", {
          params: { path: { project_id: project }, query: { limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    ...PAGED,
    select: allItems,
  });

/** Whether a model is right as often as it is sure; 409 where it has answered nothing yet. */
export const calibrationQuery = (project: string, source: MeasuredSource) =>
  queryOptions({
    queryKey: [...projectKey(project), "calibration", source],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/projects/{project_id}/calibration", {
          params: { path: { project_id: project }, query: { source } },
          signal,
        }),
      ),
  });
