import type { Row } from "@/api/types";
import { Label } from "@/components/Label";
import { formatPercent } from "@/hooks/format";
import styles from "./SidePanel.module.css";

/** A row's label, and what a model takes it for where that is another. */
export function RowLabels({ row }: { row: Pick<Row, "label" | "status" | "out_of_sample"> }) {
  const { label, status, out_of_sample: prediction } = row;
  return (
    <span className={styles.labels}>
      <Label>{label}</Label>
      {status !== "active" && <span className="badge warn">{status.replaceAll("_", " ")}</span>}
      {prediction && prediction.label !== label && (
        <>
          <span className="soft small">sounds like</span>
          <Label tone="new">{prediction.label}</Label>
          <span className="soft small figures">{formatPercent(prediction.confidence)}</span>
        </>
      )}
    </span>
  );
}
