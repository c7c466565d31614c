import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyError } from "@/hooks/toasts";
import { answer, api } from "./client";
import { JOBS } from "./jobs";
import { allItems, PAGED } from "./paging";
import type { Project } from "./types";

const PAGE = 100;
export const PROJECTS = ["projects"] as const;

/** All projects, the newest first, a page at a time. */
export const projectsQuery = () =>
  infiniteQueryOptions({
    queryKey: [...PROJECTS, "list"],
    queryFn: ({ pageParam, signal }) =>
      answer(api.GET("/projects", { params: { query: { limit: PAGE, cursor: pageParam } }, signal })),
    ...PAGED,
    select: allItems,
  });

/** What every query about a project begins with: invalidate this to have all of it asked for anew. */
export const projectKey = (id: string) => [...PROJECTS, "one", id] as const;

export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: projectKey(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/projects/{project_id}", { params: { path: { project_id: id } }, signal })),
  });

export function useCreateProject() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; description?: string }) => answer(api.POST("/projects", { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: PROJECTS }),
  });
}

export function useRenameProject() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, name }: Pick<Project, "id" | "name">) =>
      answer(api.PATCH("/projects/{project_id}", { params: { path: { project_id: id } }, body: { name } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: PROJECTS }),
  });
}

export function useDeleteProject() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/projects/{project_id}", { params: { path: { project_id: id } } })),
    onSuccess: (_, id) => {
      cache.removeQueries({ queryKey: projectKey(id) });
      return cache.invalidateQueries({ queryKey: [...PROJECTS, "list"] });
    },
  });
}

/** Begins an analysis, or says why not; what was found before stays until it is done. */
export function useAnalyse() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.POST("/projects/{project_id}/analyses", { params: { path: { project_id: id } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: JOBS }),
    onError: (error) => notifyError(error),
  });
}

/** Asks a model in use for its predictions of all rows: a job. */
export function useEnrich(project: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (service: string) =>
      answer(
        api.POST("/projects/{project_id}/enrichments", {
          params: { path: { project_id: project } },
          body: { service },
        }),
      ),
    onSuccess: () => cache.invalidateQueries({ queryKey: JOBS }),
  });
}
