import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { Job } from "./types";

export const JOBS = ["jobs"] as const;
/** What the keys of all lists of jobs begin with. */
export const LISTS = [...JOBS, "list"] as const;
const SHOWN = 20;
const BUSY_MS = 2_000;
const IDLE_MS = 15_000;

/** Whether the job goes on. */
export const isUnfinished = ({ status }: Pick<Job, "status">) => status === "queued" || status === "running";

/** The newest jobs of everybody: asked for often while one of them goes on. */
export const jobsQuery = () =>
  queryOptions({
    queryKey: [...LISTS, "everybodys"],
    queryFn: ({ signal }) => answer(api.GET("/jobs", { params: { query: { limit: SHOWN } }, signal })),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnfinished) ? BUSY_MS : IDLE_MS),
  });

/** The newest jobs of a project, whoever began them. */
export const projectJobsQuery = (project: string) =>
  queryOptions({
    queryKey: [...LISTS, "of", project],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/projects/{project_id}/jobs", {
          params: { path: { project_id: project }, query: { limit: SHOWN } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnfinished) ? BUSY_MS : IDLE_MS),
  });

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: [...JOBS, "one", id],
    queryFn: ({ signal }) => answer(api.GET("/jobs/{job_id}", { params: { path: { job_id: id } }, signal })),
  });

export const jobErrorsQuery = (id: string, limit: number) =>
  queryOptions({
    queryKey: [...JOBS, "errors", id, limit],
    queryFn: ({ signal }) =>
      answer(api.GET("/jobs/{job_id}/errors", { params: { path: { job_id: id }, query: { limit } }, signal })),
  });

export function useCancelJob() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.POST("/jobs/{job_id}/cancel", { params: { path: { job_id: id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: JOBS }),
  });
}
