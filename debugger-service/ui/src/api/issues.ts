import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { projectKey } from "./projects";

const GROUPS = 50;

/** The issues of a kind that are about more than one row, such as weak slices: the greatest first. */
export const groupsQuery = (project: string, kind: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "groups", kind],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/projects/{project_id}/issues/{kind}", {
          params: { path: { project_id: project, kind }, query: { limit: GROUPS } },
          signal,
        }),
      ),
    select: ({ items }) => items,
  });
