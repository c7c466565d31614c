import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAnalyse } from "@/api/projects";
import { kindsQuery } from "@/api/project_data";
import { Empty } from "@/components/Empty";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { Page } from "@/components/Page";
import { useKeys } from "@/hooks/keys";
import { BudgetBar } from "./BudgetBar";
import { undoLast } from "./deciding";
import { LabelPicker } from "./LabelPicker";
import { reviewKeys, type Doing } from "./keys";
import { RowTable } from "./RowTable";
import { RowView } from "./RowView";
import { Toolbar } from "./Toolbar";
import { NoRows, WideIssues } from "./WideIssues";
import { useFreshFigures, useReview, useUnsaved, type Review } from "./useReview";
import { useReviewers } from "./useReviewers";
import styles from "./ReviewPage.module.css";

/** The heart: row after row, one key each. */
export function ReviewPage() {
  const review = useReview();
  useFreshFigures(review.project);
  useUnsaved(review.project);
  useReviewers(review.place);
  return (
    <Page title="Review" full>
      <div className={styles.page}>
        <Toolbar review={review} />
        <BudgetBar project={review.project} />
        <Rows review={review} />
      </div>
    </Page>
  );
}

function Rows({ review }: { review: Review }) {
  const { queue, search, setSearch, row, wanted } = review;
  const [isChoosing, setIsChoosing] = useState(false);
  const classes = useQuery(kindsQuery(review.project)).data?.analysis.classes ?? [];
  const isTable = search.view === "table";
  const doing: Doing = {
    decide: (wish) => void review.decide(wish),
    choose: () => setIsChoosing(true),
    step: review.step,
    undo: () => void undoLast(review.place),
    turn: () => setSearch({ view: isTable ? undefined : "table" }),
  };
  useKeys("Review", reviewKeys(doing, isTable));

  if (!review.isAnalysed && wanted.kind) return <NotAnalysed review={review} />;
  if (queue.error && !queue.rows.length) return <Refused review={review} error={queue.error} />;
  if (!row && (queue.isLoading || (queue.hasMore && !queue.hasStopped) || review.detail.isLoading)) {
    return <Loading label="the rows" lines={10} />;
  }
  if (!queue.rows.length && search.row && isTable) return <NoneLeft review={review} onUndo={doing.undo} />;
  if (!queue.rows.length && !search.row) {
    return wanted.kind ? <WideIssues review={review} kind={wanted.kind} /> : <NoRows review={review} />;
  }
  return (
    <>
      {queue.hasStopped && <Stopped review={review} />}
      {isTable ? (
        <RowTable review={review} />
      ) : row ? (
        <RowView review={review} row={row} doing={doing} />
      ) : (
        <AllDecided review={review} />
      )}
      {isChoosing && row && (
        <LabelPicker
          labels={classes}
          probable={probableOf(review)}
          onClose={() => setIsChoosing(false)}
          onChoose={(label) => {
            setIsChoosing(false);
            void review.decide({ action: "relabel", label });
          }}
        />
      )}
    </>
  );
}

/** The labels that the row most likely has: proposed ones, predicted ones, those of its neighbours. */
function probableOf({ row, detail }: Review): string[] {
  const known = detail.data?.number === row?.number ? detail.data : undefined;
  const proposed = known?.found.map(({ label }) => label) ?? [];
  const near = known?.neighbours.map((neighbour) => neighbour.row.label) ?? [];
  const all = [...proposed, ...(row?.out_of_sample?.labels ?? []), ...near];
  return [...new Set(all.filter((label): label is string => label !== null && label !== row?.label))];
}

function Refused({ review: { queue }, error }: { review: Review; error: Error }) {
  return <Failure error={error} title="These rows could not be listed" onRetry={queue.reload} />;
}

function Stopped({ review: { queue } }: { review: Review }) {
  return (
    <div className="banner warn" role="alert">
      The rows that follow could not be loaded.
      <button type="button" className="quiet compact" onClick={queue.goOn}>
        Try again
      </button>
    </div>
  );
}

function NotAnalysed({ review: { project, setSearch } }: { review: Review }) {
  const analyse = useAnalyse();
  return (
    <Empty title="Not analysed yet">
      <p className="soft">An analysis tells which labels are likely wrong; it takes seconds to minutes.</p>
      <div className={styles.choices}>
        <button type="button" disabled={analyse.isPending} onClick={() => analyse.mutate(project)}>
          Analyse
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => setSearch({ filter: "", kind: undefined, order: undefined, row: undefined })}
        >
          Show all rows
        </button>
      </div>
    </Empty>
  );
}

/** The list was not empty before: a decision about all of it took them out. */
function NoneLeft({ review: { setSearch }, onUndo }: { review: Review; onUndo: () => void }) {
  const begin = { filter: undefined, kind: undefined, order: undefined, row: undefined };
  return (
    <Empty title="No row is left in this list">
      <p className="soft">
        The filter finds none any more, by what was decided. Press <kbd>u</kbd> to undo your last decision, or go on
        elsewhere.
      </p>
      <div className={styles.choices}>
        <button type="button" onClick={() => setSearch({ ...begin, view: undefined })}>
          Go on with label errors
        </button>
        <button type="button" className="quiet" onClick={onUndo}>
          Undo
        </button>
        <button type="button" className="quiet" onClick={() => setSearch({ ...begin, filter: "" })}>
          Show all rows
        </button>
      </div>
    </Empty>
  );
}

function AllDecided({ review: { queue, setSearch } }: { review: Review }) {
  return (
    <Empty title="All of these rows are decided on">
      <p className="soft">
        Press <kbd>u</kbd> to undo the last decision, or go on with another kind of issue.
      </p>
      <div className={styles.choices}>
        <button type="button" className="quiet" onClick={queue.reload}>
          Look for more
        </button>
        <button type="button" className="quiet" onClick={() => setSearch({ view: "table" })}>
          See them as a table
        </button>
      </div>
    </Empty>
  );
}
