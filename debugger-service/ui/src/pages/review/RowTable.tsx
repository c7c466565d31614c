import { useState } from "react";
import type { Row } from "@/api/types";
import type { BulkTarget } from "@/components/BulkDialog";
import { Label } from "@/components/Label";
import { later } from "@/components/later";
import { UserText } from "@/components/UserText";
import { VirtualList } from "@/components/VirtualList";
import { formatPercent } from "@/hooks/format";
import { useKeys } from "@/hooks/keys";
import { SelectionBar } from "./SelectionBar";
import { done } from "./outcome";
import { useSelection, type Selection } from "./useSelection";
import type { Wanted } from "./search";
import { sessionOf } from "./session";
import type { Review } from "./useReview";
import styles from "./RowTable.module.css";

const BulkDialog = later(async () => (await import("@/components/BulkDialog")).BulkDialog);

/** The queue as a table, for looking over many rows and deciding about some of them at once. */
export function RowTable({ review }: { review: Review }) {
  const { project, queue, row, index, goTo, setSearch, wanted } = review;
  const { kind } = wanted;
  const figure = figureOf(wanted);
  const selection = useSelection(review);
  const [target, setTarget] = useState<{ rows: number; target: BulkTarget }>();
  const decide = async () => {
    const chosen = await selection.target();
    if (chosen) setTarget({ rows: selection.count, target: chosen });
  };
  useKeys("Table", [
    { key: "b", title: "Decide about the selected rows", run: () => selection.count && void decide() },
    { key: "x", title: "Select the row", run: () => row && selection.toggle(row) },
    {
      key: "Enter",
      title: "See the row with its evidence",
      run: () => setSearch({ view: undefined, row: row?.number }),
    },
    { key: "Escape", title: "Select nothing", run: selection.clear },
  ]);
  return (
    <div className={styles.table}>
      <SelectionBar selection={selection} onDecide={() => void decide()} />
      <div className={`${styles.line ?? ""} ${styles.head ?? ""}`} aria-hidden="true">
        <span />
        <span>Text</span>
        <span>Label</span>
        <span>Predicted</span>
        <span className={styles.number}>{figure.title}</span>
        <span>Decision</span>
      </div>
      <div className={styles.body}>
        <VirtualList
          items={queue.rows}
          keyOf={(each) => each.number}
          label="Rows"
          estimate={44}
          onEnd={queue.loadMore}
          shown={index}
        >
          {(each) => (
            <Line
              row={each}
              figure={figure}
              isHere={each.number === row?.number}
              selection={selection}
              onGo={() => goTo(each.number)}
              onOpen={() => setSearch({ view: undefined, row: each.number })}
            />
          )}
        </VirtualList>
      </div>
      {target && (
        <BulkDialog
          project={project}
          {...target}
          kind={kind}
          onClose={() => setTarget(undefined)}
          onDone={() => {
            // What was decided last is this now, and its version is asked for when it is to be undone.
            sessionOf(project).deeds.length = 0;
            selection.clear();
            queue.reload();
          }}
        />
      )}
    </div>
  );
}

interface Figure {
  title: string;
  of: (row: Row) => string;
}

/** The number that is told of each row: what the rows are sorted by, or what matters most. */
function figureOf({ kind, order }: Wanted): Figure {
  if (order.startsWith("similar(")) return { title: "Alike", of: ({ similarity }) => similarity?.toFixed(2) ?? "" };
  const percent = (value: number | undefined) => (value === undefined ? "" : formatPercent(value));
  if (kind) return { title: "Issue", of: ({ issues }) => percent(issues[kind]) };
  return { title: "Sure", of: ({ out_of_sample, served }) => percent((out_of_sample ?? served)?.confidence) };
}

interface LineProps {
  row: Row;
  figure: Figure;
  isHere: boolean;
  selection: Selection;
  onGo: () => void;
  onOpen: () => void;
}

function Line({ row, figure, isHere, selection, onGo, onOpen }: LineProps) {
  const prediction = row.out_of_sample ?? row.served;
  const isOther = prediction !== null && prediction.label !== row.label;
  return (
    <div
      className={styles.line}
      data-here={isHere}
      data-decided={row.decision !== null}
      aria-current={isHere || undefined}
    >
      <input
        type="checkbox"
        aria-label={`Select row ${row.number}`}
        checked={selection.has(row.number)}
        onChange={(event) => selection.toggle(row, (event.nativeEvent as MouseEvent).shiftKey)}
      />
      <button type="button" className={`bare ${styles.text ?? ""}`} onClick={onGo} onDoubleClick={onOpen}>
        <UserText lines={1}>{row.text.trim()}</UserText>
      </button>
      <span>
        <span className="unseen">Label </span>
        <Label>{row.label}</Label>
      </span>
      <span>
        <span className="unseen">Predicted </span>
        {prediction ? (
          <Label tone={isOther ? "new" : "plain"}>{prediction.label}</Label>
        ) : (
          <span className="soft">–</span>
        )}
      </span>
      <span className={`figures ${styles.number ?? ""}`}>{figure.of(row)}</span>
      <span className="small">
        {row.decision === null ? (
          <span className="soft">open</span>
        ) : (
          <span className="badge good">✓ {done(row.decision)}</span>
        )}
      </span>
    </div>
  );
}
