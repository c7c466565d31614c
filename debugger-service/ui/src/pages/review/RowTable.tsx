import { useState } from "react";
import type { Row } from "@/api/types";
import { BulkDialog, type BulkTarget } from "@/components/BulkDialog";
import { Label } from "@/components/Label";
import { UserText } from "@/components/UserText";
import { VirtualList } from "@/components/VirtualList";
import { formatPercent } from "@/hooks/format";
import { useKeys } from "@/hooks/keys";
import { SelectionBar } from "./SelectionBar";
import { done } from "./outcome";
import { useSelection, type Selection } from "./useSelection";
import type { Review } from "./useReview";
import styles from "./RowTable.module.css";

interface Props {
  review: Review;
  kind: string | undefined;
}

/** The queue as a table, for looking over many rows and deciding about some of them at once. */
export function RowTable({ review, kind }: Props) {
  const { project, queue, row, index, goTo, setSearch } = review;
  const selection = useSelection(review);
  const [target, setTarget] = useState<{ rows: number; target: BulkTarget }>();
  useKeys("Table", [
    { key: "x", title: "Select the row", run: () => row && selection.toggle(row) },
    { key: "Enter", title: "See the row with its evidence", run: () => setSearch({ view: undefined, row: row?.number }) },
    { key: "Escape", title: "Select nothing", run: selection.clear },
  ]);
  return (
    <div className={styles.table}>
      <SelectionBar selection={selection} onDecide={(chosen) => setTarget(chosen)} />
      <div className={`${styles.line ?? ""} ${styles.head ?? ""}`} aria-hidden="true">
        <span />
        <span>Text</span>
        <span>Label</span>
        <span>Predicted</span>
        <span className={styles.number}>{kind ? "Issue" : "Sure"}</span>
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
              kind={kind}
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
            selection.clear();
            queue.reload();
          }}
        />
      )}
    </div>
  );
}

interface LineProps {
  row: Row;
  kind: string | undefined;
  isHere: boolean;
  selection: Selection;
  onGo: () => void;
  onOpen: () => void;
}

function Line({ row, kind, isHere, selection, onGo, onOpen }: LineProps) {
  const prediction = row.out_of_sample ?? row.served;
  const isOther = prediction !== null && prediction.label !== row.label;
  const score = kind ? row.issues[kind] : prediction?.confidence;
  return (
    <div className={styles.line} data-here={isHere} data-decided={row.decision !== null} aria-current={isHere || undefined}>
      <input
        type="checkbox"
        aria-label={`Select row ${row.number}`}
        checked={selection.has(row.number)}
        onChange={(event) => selection.toggle(row, (event.nativeEvent as MouseEvent).shiftKey)}
      />
      <button type="button" className={`bare ${styles.text ?? ""}`} onClick={onGo} onDoubleClick={onOpen}>
        <UserText lines={1}>{row.text}</UserText>
      </button>
      <span>
        <Label>{row.label}</Label>
      </span>
      <span className={styles.predicted}>
        {prediction ? <Label tone={isOther ? "new" : "plain"}>{prediction.label}</Label> : <span className="soft">–</span>}
      </span>
      <span className={`figures ${styles.number ?? ""}`}>{score === undefined ? "" : formatPercent(score)}</span>
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
