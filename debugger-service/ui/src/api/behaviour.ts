import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { JOBS } from "./jobs";
import { allItems, PAGED } from "./paging";
import { projectKey } from "./projects";
import type { Schemas } from "./types";

export type Tried = Schemas["TryOut"];
export type Word = Schemas["WordOut"];
export type Variant = Schemas["VariantOut"];
export type BehaviourTest = Schemas["BehaviourTestOut"];
export type BehaviourTestDetail = Schemas["BehaviourTestDetail"];
export type BehaviourTestIn = Schemas["BehaviourTestIn"];
export type Rate = Schemas["RateOut"];
export type Source = Schemas["TryIn"]["source"];

const PAGE = 20;
const ANSWER_LASTS_MS = 5 * 60_000;

/** Whom to ask about a text: the project's own model, or the model in use that the service has under this name. */
export interface Asked {
  source: Source;
  service: string;
}

/** What a model makes of a text; the same question is not asked again soon. */
export const tryQuery = (project: string, text: string, { source, service }: Asked) =>
  queryOptions({
    queryKey: [...projectKey(project), "try", source, source === "served" ? service : "", text],
    queryFn: ({ signal }) =>
      answer(
        api.POST("/projects/{project_id}/try", {
          params: { path: { project_id: project } },
          body: { text, source, service, language: "en" },
          signal,
        }),
      ),
    enabled: text !== "",
    staleTime: ANSWER_LASTS_MS,
    retry: false,
  });

/** The ways in which texts are hardly changed; they do not change while the service runs. */
export const perturbationsQuery = () =>
  queryOptions({
    queryKey: ["perturbations"],
    queryFn: ({ signal }) => answer(api.GET("/perturbations", { signal })),
    staleTime: Infinity,
  });

/** The models in use that may be asked, by their names; they do not change while the service runs. */
export const servicesQuery = () =>
  queryOptions({
    queryKey: ["prediction-services"],
    queryFn: ({ signal }) => answer(api.GET("/prediction-services", { signal })),
    staleTime: Infinity,
  });

/** The behavioural tests of a project, the newest first. */
export const testsQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: [...projectKey(project), "behaviour-tests"],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/projects/{project_id}/behaviour-tests", {
          params: { path: { project_id: project }, query: { limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    ...PAGED,
    select: allItems,
  });

/** A behavioural test with its results by class and the worst flips, as far as it is. */
export const testQuery = (project: string, test: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "behaviour-test", test],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/projects/{project_id}/behaviour-tests/{test_id}", {
          params: { path: { project_id: project, test_id: test } },
          signal,
        }),
      ),
  });

/** Begins a behavioural test: a job, whose `result.behaviour_test` is the id of the test. */
export function useBeginTest(project: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: BehaviourTestIn) =>
      answer(api.POST("/projects/{project_id}/behaviour-tests", { params: { path: { project_id: project } }, body })),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: JOBS }),
        cache.invalidateQueries({ queryKey: testsQuery(project).queryKey }),
      ]),
  });
}
