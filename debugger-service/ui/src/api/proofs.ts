import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import { isUnfinished, JOBS } from "./jobs";
import { allItems, PAGED } from "./paging";
import { projectKey } from "./projects";
import type { Schemas } from "./types";

export type Proof = Schemas["ProofOut"];
export type ProofIn = Schemas["ProofIn"];
export type Judgement = Schemas["JudgementOut"];

const PAGE = 20;
const GOING_MS = 1_500;

/** The proofs of a project, the newest first, also those that go on or failed. */
export const proofsQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: [...projectKey(project), "proofs"],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/projects/{project_id}/proofs", {
          params: { path: { project_id: project }, query: { limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    ...PAGED,
    select: allItems,
  });

/** A proof; asked for anew while its job goes on, as only it tells what the trainings do. */
export const proofQuery = (project: string, proof: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "proof", proof],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/projects/{project_id}/proofs/{proof_id}", {
          params: { path: { project_id: project, proof_id: proof } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data && isUnfinished(state.data) ? GOING_MS : false),
  });

/** Begins a proof: a job with the proof's id. */
export function useProve(project: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: ProofIn) =>
      answer(api.POST("/projects/{project_id}/proofs", { params: { path: { project_id: project } }, body })),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: JOBS }),
        cache.invalidateQueries({ queryKey: proofsQuery(project).queryKey }),
      ]),
  });
}
