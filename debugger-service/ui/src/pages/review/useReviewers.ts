import { useQuery, type QueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { rowsByNumber, budgetQuery } from "@/api/decisions";
import { kindsQuery, rowQuery } from "@/api/project_data";
import { projectQuery } from "@/api/projects";
import { useVersionEvents, type VersionEvent } from "@/api/version_events";
import { useAuthor } from "@/hooks/author";
import { notify } from "@/hooks/toasts";
import type { Place } from "./deciding";
import { stateOf } from "./outcome";
import { loadedNumbers, patchRows, reloadQueues } from "./queue";
import { sessionOf } from "./session";
import { told } from "./told";

/** More rows than these are not asked for one by one: the lists are loaded anew. */
const MOST_REFRESHED = 500;
/** The answer to an own decision may come after the event. */
const OWN_MS = 1_000;
/** What somebody does in this time is told in one sentence. */
const GATHERED_MS = 1_500;

/** Follows what others decide: says so, and shows their rows as they are now, each in its place. */
export function useReviewers({ cache, project, show }: Place): void {
  const me = useAuthor();
  const { data } = useQuery(projectQuery(project));
  const gathered = useRef<VersionEvent[]>([]);
  const gather = (event: VersionEvent) => {
    gathered.current.push(event);
    if (gathered.current.length > 1) return;
    setTimeout(() => {
      for (const { text, row } of told(gathered.current.splice(0))) {
        notify(text, row === undefined ? undefined : { title: "Show", run: () => show(row) });
      }
    }, GATHERED_MS);
  };
  useVersionEvents(project, data?.version, (event) => {
    const follow = () => {
      if (sessionOf(project).own.has(event.number)) return;
      if (event.author !== me) gather(event);
      void refresh(cache, project, event);
    };
    if (event.author === me) setTimeout(follow, OWN_MS);
    else follow();
  });
}

async function refresh(cache: QueryClient, project: string, event: VersionEvent): Promise<void> {
  void cache.invalidateQueries({ queryKey: projectQuery(project).queryKey, exact: true });
  void cache.invalidateQueries({ queryKey: budgetQuery(project).queryKey });
  void cache.invalidateQueries({ queryKey: kindsQuery(project).queryKey });
  const loaded = loadedNumbers(cache, project);
  const { pending } = sessionOf(project);
  const shown = event.rows.filter((number) => loaded.has(number) && !pending.has(number));
  if (event.changed > event.rows.length || shown.length > MOST_REFRESHED) {
    await reloadQueues(cache, project);
    return;
  }
  for (const number of event.rows) {
    void cache.invalidateQueries({ queryKey: rowQuery(project, number).queryKey });
  }
  const found = await rowsByNumber(project, shown);
  const isSaved = ({ number }: { number: number }) => !pending.has(number);
  patchRows(
    cache,
    project,
    new Map(found.filter(isSaved).map((row) => [row.number, { ...stateOf(row), version: row.version }])),
  );
}
