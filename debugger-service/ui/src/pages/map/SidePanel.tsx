import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { countsQuery, rowsQuery } from "@/api/project_data";
import { projectQuery } from "@/api/projects";
import { asProblem } from "@/api/problem";
import type { Row } from "@/api/types";
import { Empty } from "@/components/Empty";
import { Failure } from "@/components/Failure";
import { later } from "@/components/later";
import { Loading } from "@/components/Loading";
import { UserText } from "@/components/UserText";
import { VirtualList } from "@/components/VirtualList";
import { plural } from "@/hooks/format";
import { useKeys } from "@/hooks/keys";
import { RowLabels } from "./RowLabels";
import styles from "./SidePanel.module.css";

const BulkDialog = later(async () => (await import("@/components/BulkDialog")).BulkDialog);

interface Props {
  project: string;
  filter: string;
  like?: number;
  row?: number;
  onRow: (row: number | undefined) => void;
  onLike: (row: number) => void;
}

/** The rows that are meant: how many, the first ones, and what can be done with all of them. */
export function SidePanel({ project, filter, like, row, onRow, onLike }: Props) {
  const order = like === undefined ? "number" : `similar(${like}) desc`;
  const query = useInfiniteQuery(rowsQuery(project, filter, order));
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const at = rows.findIndex(({ number }) => number === row);
  const step = (by: number) => onRow(rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.number);
  useKeys("Map", [
    { key: "ArrowDown", title: "Next row of the list", run: () => step(1) },
    { key: "ArrowUp", title: "Row before", run: () => step(-1) },
    { key: "s", title: "Rows similar to the chosen one", run: () => row !== undefined && onLike(row) },
    { key: "Escape", title: "Choose no row", run: () => onRow(undefined) },
  ]);
  return (
    <section className={styles.panel} aria-label="Chosen rows">
      <Heading project={project} filter={filter} />
      <div className={styles.list}>
        {query.isError && rows.length === 0 ? (
          <ListFailure error={query.error} onRetry={() => void query.refetch()} />
        ) : !query.data ? (
          <Loading label="the rows" lines={8} />
        ) : rows.length === 0 ? (
          <Empty title="No rows here">
            <p className="soft">Draw another lasso, or choose less by the filter.</p>
          </Empty>
        ) : (
          <VirtualList
            items={rows}
            keyOf={({ number }) => number}
            label="Rows"
            estimate={64}
            shown={at < 0 ? undefined : at}
            onEnd={() => query.hasNextPage && !query.isFetching && void query.fetchNextPage()}
          >
            {(each) => (
              <RowLine row={each} isChosen={each.number === row} onRow={onRow} onLike={onLike} project={project} />
            )}
          </VirtualList>
        )}
      </div>
    </section>
  );
}

function ListFailure({ error, onRetry }: { error: Error; onRetry: () => void }) {
  // What is wrong with a filter stands beside the filter already.
  return asProblem(error).status === 422 ? null : (
    <Failure error={error} title="Could not load the rows" onRetry={onRetry} />
  );
}

function Heading({ project, filter }: { project: string; filter: string }) {
  const { data: counts, isPlaceholderData } = useQuery(countsQuery(project, filter));
  const { data: known } = useQuery(projectQuery(project));
  const [deciding, setDeciding] = useState<{ filter: string; at_version: number } | null>(null);
  return (
    <header className={styles.heading}>
      <h2 aria-live="polite">{counts ? plural(counts.rows, "row") : "Rows"}</h2>
      <Link
        className={styles.review}
        to="/projects/$projectId/review"
        params={{ projectId: project }}
        search={{ filter: filter || undefined }}
      >
        Review
      </Link>
      <button
        type="button"
        className="compact"
        disabled={!counts?.rows || !known || isPlaceholderData}
        onClick={() => known && setDeciding({ filter, at_version: known.version })}
      >
        Decide …
      </button>
      {deciding && counts && (
        <BulkDialog project={project} rows={counts.rows} target={deciding} onClose={() => setDeciding(null)} />
      )}
    </header>
  );
}

interface LineProps {
  project: string;
  row: Row;
  isChosen: boolean;
  onRow: (row: number | undefined) => void;
  onLike: (row: number) => void;
}

function RowLine({ project, row, isChosen, onRow, onLike }: LineProps) {
  const { number } = row;
  return (
    <div className={styles.row} data-chosen={isChosen}>
      <button
        type="button"
        className="bare"
        aria-pressed={isChosen}
        onClick={() => onRow(isChosen ? undefined : number)}
      >
        <UserText lines={isChosen ? undefined : 2}>{row.text}</UserText>
      </button>
      <RowLabels row={row} />
      {isChosen && (
        <div className={styles.actions}>
          <button type="button" className="link small" onClick={() => onLike(number)}>
            Similar rows
          </button>
          <Link
            className="small"
            to="/projects/$projectId/review"
            params={{ projectId: project }}
            search={{ filter: `number = ${number}`, row: number }}
          >
            Open in Review
          </Link>
          <span className="soft small figures">row {number}</span>
        </div>
      )}
    </div>
  );
}
