import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { address } from "./base";
import { answer, api } from "./client";
import { JOBS } from "./jobs";
import { decodeMap, type MapPoints } from "./map_file";
import { asProblem, problemOf } from "./problem";
import { projectKey } from "./projects";

const FRESH_MS = 60_000;

/** The rows that a filter finds as points, coloured by a field; 409 while the map is made, 404 where there is none. */
export const mapQuery = (project: string, colour: string, filter = "") =>
  queryOptions({
    queryKey: [...projectKey(project), "map", colour, filter],
    queryFn: ({ signal }) => load(project, colour, filter, signal),
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
    // Typed arrays: to compare them would cost more than to draw them.
    structuralSharing: false,
  });

async function load(project: string, color: string, filter: string, signal: AbortSignal): Promise<MapPoints> {
  const url = address(`projects/${project}/map`, { color, filter });
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : asProblem(error);
  });
  if (response.ok) return decodeMap(await response.arrayBuffer());
  throw problemOf(response.status, await response.json().catch(() => undefined));
}

/** The id of the job that makes the map, as a refusal names it. */
export const jobIn = (text: string) => /by the job ([\da-f-]{36})/.exec(text)?.[1];

export function useMakeMap(project: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.POST("/projects/{project_id}/maps", { params: { path: { project_id: project } } })),
    onSettled: async () => {
      await cache.invalidateQueries({ queryKey: JOBS });
      await cache.invalidateQueries({ queryKey: [...projectKey(project), "map"] });
    },
  });
}
