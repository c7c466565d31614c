import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { attributionQuery, budgetQuery } from "@/api/decisions";
import { kindsQuery, rowQuery } from "@/api/project_data";
import { projectKey, projectQuery } from "@/api/projects";
import type { Row } from "@/api/types";
import { useStore } from "@/hooks/store";
import { notify } from "@/hooks/toasts";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { has, UNDECIDED } from "./clauses";
import { decideRow, type Place } from "./deciding";
import { proposalOf, stateOf, type Wish } from "./outcome";
import { isNearEnd, patchRows, useQueue } from "./queue";
import { wantedOf, type ReviewSearch } from "./search";
import { sessionOf, versionOf } from "./session";

const FETCHED_AHEAD = 3;
/** The figures that are about all rows are asked for anew when no decision came for so long. */
const SETTLED_MS = 1_200;
const MOST_UNSETTLED_MS = 10_000;
const MOST_SEARCHED = 1_000;

/** What is fetched ahead is asked for again when it is needed, and then says why it failed. */
const ignore = () => undefined;

/** The queue, where in it the person is, and what can be done there. */
export function useReview() {
  const project = useProjectId();
  const cache = useQueryClient();
  const [search, setSearch] = useUrlState<ReviewSearch>();
  const { data } = useQuery(projectQuery(project));
  const { filter, kind, order } = wantedOf(search);
  const wanted = useMemo(() => ({ filter, kind, order }), [filter, kind, order]);
  const queue = useQueue(project, data?.analysis_id ?? null, wanted);
  const { rows } = queue;
  const isOpenOnly = has(filter, UNDECIDED);

  const first = isOpenOnly ? rows.find(({ decision }) => decision === null) : rows[0];
  const number = search.row ?? first?.number;
  const index = useMemo(() => rows.findIndex((row) => row.number === number), [rows, number]);
  const detail = useQuery({ ...rowQuery(project, number ?? 0), enabled: number !== undefined });
  const listed = rows[index];
  const row: Row | undefined = listed ?? detail.data;

  const goTo = useCallback((next: number | undefined) => setSearch({ row: next }, { replace: true }), [setSearch]);
  // The address holds the row from the beginning: it stays when somebody else decides on it.
  const begun = search.row === undefined ? first?.number : undefined;
  useEffect(() => {
    if (begun !== undefined) goTo(begun);
  }, [begun, goTo]);
  const place = useMemo<Place>(() => ({ cache, project, show: goTo }), [cache, project, goTo]);

  const nearEnd = isNearEnd(Math.max(index, 0), rows.length) && queue.hasMore;
  const isSearching = index < 0 && queue.hasMore && rows.length < MOST_SEARCHED;
  const { loadMore } = queue;
  useEffect(() => {
    if (nearEnd || isSearching) loadMore();
  }, [nearEnd, isSearching, loadMore, rows.length]);

  const now = detail.data;
  useEffect(() => {
    const session = sessionOf(project);
    if (!listed || now?.number !== listed.number || session.pending.has(now.number)) return;
    // Somebody else changed it after the list was made.
    const { version } = now;
    if (version > versionOf(session, listed))
      patchRows(cache, project, new Map([[now.number, { ...stateOf(now), version }]]));
  }, [cache, project, listed, now]);

  useEffect(() => {
    const ahead = rows.slice(index + 1, index + 1 + FETCHED_AHEAD);
    for (const each of ahead) cache.query(rowQuery(project, each.number)).catch(ignore);
    const next = ahead[0];
    if (next) cache.query(attributionQuery(project, next.number)).catch(ignore);
  }, [cache, project, rows, index]);

  const step = (by: 1 | -1) => {
    const next = rows[index + by];
    if (next) goTo(next.number);
    else notify(by === 1 ? "This was the last row." : "This is the first row.");
  };
  const advance = () => {
    const isLeft = (each: Row) => !isOpenOnly || (each.decision === null && each.number !== number);
    const next = rows.slice(index + 1).find(isLeft);
    if (next) goTo(next.number);
    else if (isOpenOnly) goTo(undefined);
    return next !== undefined || isOpenOnly;
  };
  // A key that comes before the next row is there must not decide about this one again.
  const left = useRef<number>(undefined);
  useEffect(() => {
    left.current = undefined;
  }, [number]);
  const decide = async (wish: Wish) => {
    if (!row || left.current === row.number) return;
    left.current = row.number;
    const whole = wish.action === "accept" ? await accepted(place, row.number, kind) : wish;
    const isDone = whole !== null && (await decideRow(place, row, whole));
    if (!isDone || !advance()) left.current = undefined;
  };
  const isAnalysed = data?.analysis_id !== null;
  return { project, isAnalysed, search, setSearch, wanted, queue, row, index, detail, place, goTo, step, decide };
}

export type Review = ReturnType<typeof useReview>;

/** The wish to follow what is proposed for the row; null, and said so, where nothing is. */
async function accepted({ cache, project }: Place, number: number, kind: string | undefined): Promise<Wish | null> {
  const { found } = await cache.query({ ...rowQuery(project, number), staleTime: "static" });
  const proposal = proposalOf(found, kind);
  if (proposal) return { action: "accept", kind: proposal.kind, proposal };
  notify("Nothing is proposed for this row: press l to choose a label, or k to keep it.");
  return null;
}

/** Has the browser ask before it leaves decisions behind that are not saved. */
export function useUnsaved(project: string): void {
  const waiting = useStore(sessionOf(project).outbox.waiting) > 0;
  useEffect(() => {
    if (!waiting) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [waiting]);
}

/** Asks for the figures about all rows anew when no decision has followed for a moment, and now and then meanwhile. */
export function useFreshFigures(project: string): void {
  const cache = useQueryClient();
  const { outbox, made } = sessionOf(project);
  const waiting = useStore(outbox.waiting);
  const count = useStore(made);
  const since = useRef<number>(undefined);
  useEffect(() => {
    if (!count) return undefined;
    since.current ??= Date.now();
    const latest = since.current + MOST_UNSETTLED_MS - Date.now();
    const timer = setTimeout(
      () => {
        since.current = undefined;
        void cache.invalidateQueries({ queryKey: budgetQuery(project).queryKey });
        void cache.invalidateQueries({ queryKey: kindsQuery(project).queryKey });
        void cache.invalidateQueries({ queryKey: [...projectKey(project), "counts"] });
      },
      Math.max(0, waiting ? latest : Math.min(SETTLED_MS, latest)),
    );
    return () => clearTimeout(timer);
  }, [cache, project, waiting, count]);
}
