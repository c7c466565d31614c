import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { countsQuery } from "@/api/project_data";
import { projectQuery } from "@/api/projects";
import type { Row } from "@/api/types";
import type { BulkTarget } from "@/components/BulkDialog";
import { both } from "@/hooks/filters";
import { notifyError } from "@/hooks/toasts";
import { neededBy } from "./orders";
import { sessionOf, versionOf } from "./session";
import type { Review } from "./useReview";

/** As many as the service takes by their numbers. */
const MOST_NAMED = 10_000;

export interface Selection {
  has: (number: number) => boolean;
  /** Selects a row or gives it up; with `upTo` all between it and the one before as well. */
  toggle: (row: Row, upTo?: boolean) => void;
  clear: () => void;
  selectLoaded: () => void;
  selectAll: () => void;
  /** How many are selected. */
  count: number;
  /** How many the filter finds; undefined until that is known. */
  found: number | undefined;
  loaded: number;
  isWhole: boolean;
  /** What a decision about the selected rows is to name. */
  target: () => Promise<BulkTarget | null>;
}

/** Rows of the table that something is to be done with: some that are named, or all that the filter finds. */
export function useSelection({ project, wanted, queue }: Review): Selection {
  const cache = useQueryClient();
  const whole = both(wanted.filter, neededBy(wanted.order));
  const [chosen, setChosen] = useState({ of: whole, numbers: new Set<number>(), isWhole: false, last: -1 });
  const isSame = chosen.of === whole;
  const numbers = isSame ? chosen.numbers : new Set<number>();
  const isWhole = isSame && chosen.isWhole;
  const { data: counts } = useQuery(countsQuery(project, whole));
  const set = (next: ReadonlySet<number>, some: { isWhole?: boolean; last?: number } = {}) =>
    setChosen({ of: whole, numbers: new Set(next), isWhole: false, last: -1, ...some });
  const toggle = (row: Row, upTo = false) => {
    const at = queue.rows.findIndex(({ number }) => number === row.number);
    const from = upTo && chosen.last >= 0 ? chosen.last : at;
    const some = queue.rows.slice(Math.min(from, at), Math.max(from, at) + 1);
    const adds = !numbers.has(row.number);
    const next = new Set(numbers);
    for (const { number } of some) {
      if (adds) next.add(number);
      else next.delete(number);
    }
    set(next, { last: at });
  };
  const target = async (): Promise<BulkTarget | null> => {
    const session = sessionOf(project);
    // Decisions that are under way would be taken for those of others.
    await session.outbox.send(() => Promise.resolve());
    if (!isWhole) {
      const some = queue.rows.filter(({ number }) => numbers.has(number));
      return { rows: some.map((row) => ({ number: row.number, version: versionOf(session, row) })) };
    }
    try {
      // What is confirmed is the preview, which is of the version that is the latest now.
      const { version } = await cache.query({ ...projectQuery(project), staleTime: 0 });
      return { filter: whole, at_version: version };
    } catch (error) {
      notifyError(error);
      return null;
    }
  };
  return {
    has: (number) => isWhole || numbers.has(number),
    toggle,
    clear: () => set(new Set()),
    selectLoaded: () => set(new Set(queue.rows.slice(0, MOST_NAMED).map(({ number }) => number))),
    selectAll: () => set(new Set(queue.rows.map(({ number }) => number)), { isWhole: true }),
    count: isWhole ? (counts?.rows ?? numbers.size) : numbers.size,
    found: counts?.rows,
    loaded: queue.rows.length,
    isWhole,
    target,
  };
}
