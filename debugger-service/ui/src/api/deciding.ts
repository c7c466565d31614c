import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { plural } from "@/hooks/format";
import { author } from "@/hooks/author";
import { notify, notifyError } from "@/hooks/toasts";
import { answer, api } from "./client";
import { decide, undoVersion } from "./decisions";
import { projectKey } from "./projects";
import type { Decision, Version } from "./types";

/** What is to be done, but for who does it. */
export type Deed = Omit<Decision, "author">;

/** Whoever asks what would happen does nothing, so nobody is named. */
const NOBODY = "preview";

/** What a decision would change, by what the rows are now. */
export const previewQuery = (project: string, deed: Deed) =>
  queryOptions({
    // Not among what is asked for anew after a decision: that would ask about a version that has just become old.
    queryKey: ["preview", project, deed],
    queryFn: ({ signal }) =>
      answer(
        api.POST("/projects/{project_id}/decisions/preview", {
          params: { path: { project_id: project } },
          body: { ...deed, author: NOBODY },
          signal,
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  });

/** Decides in the person's name, and says so with a way back; resolves to false where nothing was done. */
export function useDecideAtOnce(project: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (deed: Deed) => {
      const who = await author();
      if (who === null) return false;
      tell(cache, project, await decide(project, { ...deed, author: who }));
      await cache.invalidateQueries({ queryKey: projectKey(project) });
      return true;
    },
    onError: (error) => notifyError(error),
  });
}

function tell(cache: QueryClient, project: string, version: Version | null): void {
  if (!version) {
    notify("All of these rows are so already: nothing was changed.");
    return;
  }
  const run = () => void takeBack(cache, project, version.number);
  notify(`${plural(version.changed, "row")} changed, as version ${version.number}.`, { title: "Undo", run });
}

async function takeBack(cache: QueryClient, project: string, number: number): Promise<void> {
  const who = await author();
  if (who === null) return;
  try {
    await undoVersion(project, number, who);
    notify(`Version ${number} was undone.`);
  } catch (error) {
    notifyError(error);
  }
  await cache.invalidateQueries({ queryKey: projectKey(project) });
}
