import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { projectKey } from "./projects";
import type { Decision, Row, Version } from "./types";

const FOUND_AT_ONCE = 50;

/** Decides; null where no row differs from what was decided, so that there is no new version. */
export async function decide(project: string, body: Decision): Promise<Version | null> {
  const params = { path: { project_id: project } };
  return (await answer(api.POST("/projects/{project_id}/decisions", { params, body }))) ?? null;
}

/** Makes every row of a version what it was before; undoing that version does it again. */
export const undoVersion = (project: string, number: number, author: string) =>
  answer(
    api.POST("/projects/{project_id}/versions/{number}/undo", {
      params: { path: { project_id: project, number } },
      body: { author },
    }),
  );

/** The newest data versions. */
export const newestVersions = (project: string, limit: number) =>
  answer(api.GET("/projects/{project_id}/versions", { params: { path: { project_id: project }, query: { limit } } }));

/** The number of the first row that a version changed. */
export async function firstChanged(project: string, version: number): Promise<number | undefined> {
  const query = { from: version - 1, to: version, limit: 1 };
  const params = { path: { project_id: project }, query };
  const { items } = await answer(api.GET("/projects/{project_id}/differences", { params }));
  return items[0]?.number;
}

export const commentOn = (project: string, number: number, author: string, text: string) =>
  answer(
    api.POST("/projects/{project_id}/rows/{number}/comments", {
      params: { path: { project_id: project, number } },
      body: { author, text },
    }),
  );

/** Rows by their numbers, as they are now. */
export async function rowsByNumber(project: string, numbers: readonly number[]): Promise<Row[]> {
  const found: Row[] = [];
  for (let start = 0; start < numbers.length; start += FOUND_AT_ONCE) {
    const some = numbers.slice(start, start + FOUND_AT_ONCE);
    const filter = some.map((number) => `number = ${number}`).join(" OR ");
    const query = { filter, limit: FOUND_AT_ONCE };
    const page = await answer(
      api.GET("/projects/{project_id}/rows", { params: { path: { project_id: project }, query } }),
    );
    found.push(...page.items);
  }
  return found;
}

/** How many label errors the next rows are likely to hold, and all that are left; 409 before an analysis. */
export const budgetQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "budget"],
    queryFn: ({ signal }) =>
      answer(api.GET("/projects/{project_id}/review-budget", { params: { path: { project_id: project } }, signal })),
  });

/** Which words the answer of the project's own model about a row rests on. */
export const attributionQuery = (project: string, number: number) =>
  queryOptions({
    queryKey: [...projectKey(project), "attribution", number],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/projects/{project_id}/rows/{number}/attribution", {
          params: { path: { project_id: project, number } },
          signal,
        }),
      ),
    staleTime: Infinity,
    retry: false,
  });

const ISSUES = 100;

/** The first issues of a kind, the greatest score first. */
export const issuesQuery = (project: string, kind: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "issues", kind],
    queryFn: ({ signal }) => {
      const params = { path: { project_id: project, kind }, query: { limit: ISSUES } };
      return answer(api.GET("/projects/{project_id}/issues/{kind}", { params, signal }));
    },
  });
