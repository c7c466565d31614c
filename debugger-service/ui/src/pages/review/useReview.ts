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
import { proposalOf, type Wish } from "./outcome";
import { isNearEnd, useQueue } from "./queue";
import { wantedOf, type ReviewSearch } from "./search";
import { sessionOf } from "./session";

const FETCHED_AHEAD = 3;
/** The figures that are about all rows are asked for anew when no decision came for so long. */
const SETTLED_MS = 1_200;
const MOST_SEARCHED = 1_000;

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
  const row: Row | undefined = rows[index] ?? detail.data;

  const goTo = useCallback((next: number | undefined) => setSearch({ row: next }, { replace: true }), [setSearch]);
  const place = useMemo<Place>(() => ({ cache, project, show: goTo }), [cache, project, goTo]);

  const nearEnd = isNearEnd(Math.max(index, 0), rows.length) && queue.hasMore;
  const isSearching = index < 0 && queue.hasMore && rows.length < MOST_SEARCHED;
  const { loadMore } = queue;
  useEffect(() => {
    if (nearEnd || isSearching) loadMore();
  }, [nearEnd, isSearching, loadMore, rows.length]);

  useEffect(() => {
    const ahead = rows.slice(index + 1, index + 1 + FETCHED_AHEAD);
    for (const each of ahead) void cache.prefetchQuery(rowQuery(project, each.number));
    const next = ahead[0];
    if (next) void cache.prefetchQuery(attributionQuery(project, next.number));
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
  return { project, search, setSearch, wanted, queue, row, index, detail, place, goTo, step, decide };
}

export type Review = ReturnType<typeof useReview>;

/** The wish to follow what is proposed for the row; null, and said so, where nothing is. */
async function accepted({ cache, project }: Place, number: number, kind: string | undefined): Promise<Wish | null> {
  const { found } = await cache.ensureQueryData(rowQuery(project, number));
  const proposal = proposalOf(found, kind);
  if (proposal) return { action: "accept", kind: proposal.kind, proposal };
  notify("Nothing is proposed for this row: press l to choose a label, or k to keep it.");
  return null;
}

/** Asks for the figures about all rows anew when decisions have been saved and none has followed for a moment. */
export function useFreshFigures(project: string): void {
  const cache = useQueryClient();
  const { outbox, made } = sessionOf(project);
  const waiting = useStore(outbox.waiting);
  const count = useStore(made);
  useEffect(() => {
    if (waiting || !count) return undefined;
    const timer = setTimeout(() => {
      void cache.invalidateQueries({ queryKey: budgetQuery(project).queryKey });
      void cache.invalidateQueries({ queryKey: kindsQuery(project).queryKey });
      void cache.invalidateQueries({ queryKey: [...projectKey(project), "counts"] });
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [cache, project, waiting, count]);
}
