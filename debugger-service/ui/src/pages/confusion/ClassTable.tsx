import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Source } from "@/api/confusion";
import type { Measured, Schemas } from "@/api/types";
import { IntervalBar } from "@/components/IntervalBar";
import { Label } from "@/components/Label";
import { both, equals } from "@/hooks/filters";
import { formatCount, formatPercent } from "@/hooks/format";
import type { ConfusionSearch } from "./search";
import { sorted, type Sort } from "./sorting";
import styles from "./tables.module.css";

type Class = Schemas["ClassOut"];

const AT_ONCE = 200;
const COLUMNS: readonly { sort: Sort; title: string; hint: string }[] = [
  { sort: "label", title: "Class", hint: "" },
  { sort: "support", title: "Rows", hint: "That have the label" },
  { sort: "predicted", title: "Predicted", hint: "Rows that are taken for it" },
  { sort: "precision", title: "Precision", hint: "Of the rows taken for it, those that are" },
  { sort: "recall", title: "Recall", hint: "Of its rows, those that are found" },
  { sort: "f1", title: "F1", hint: "The harmonic mean of both" },
];

const CLASS_NAMES: Partial<Record<Sort, string>> = {
  label: "",
  precision: styles.shareTitle,
  recall: styles.shareTitle,
};

interface Props {
  project: string;
  classes: readonly Class[];
  source: Source;
  within: string;
  search: ConfusionSearch;
  onChange: (change: Partial<ConfusionSearch>) => void;
}

/** How right a model is on each class, the worst first. */
export function ClassTable({ project, classes, source, within, search, onChange }: Props) {
  const { sort = "f1", direction = sort === "label" || sort === "f1" ? "up" : "down" } = search;
  const [most, setMost] = useState(AT_ONCE);
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption className="unseen">Precision, recall and F1 by class, with 95 % intervals</caption>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th
                key={column.sort}
                scope="col"
                className={CLASS_NAMES[column.sort] ?? styles.number}
                aria-sort={column.sort === sort ? (direction === "up" ? "ascending" : "descending") : undefined}
              >
                <button
                  type="button"
                  className="bare"
                  title={column.hint}
                  onClick={() => onChange(next(column.sort, sort, direction))}
                >
                  {column.title}
                  <span aria-hidden="true">{column.sort === sort ? (direction === "up" ? " ↑" : " ↓") : ""}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted(classes, sort, direction)
            .slice(0, most)
            .map((each) => (
              <Line key={each.label} project={project} each={each} source={source} within={within} />
            ))}
        </tbody>
      </table>
      {classes.length > most && (
        <button type="button" className="quiet" onClick={() => setMost(classes.length)}>
          Show all {formatCount(classes.length)} classes
        </button>
      )}
    </div>
  );
}

function next(wanted: Sort, sort: Sort, direction: "up" | "down"): Partial<ConfusionSearch> {
  if (wanted !== sort) return { sort: wanted, direction: undefined };
  return { sort, direction: direction === "up" ? "down" : "up" };
}

function Line({ project, each, source, within }: { project: string; each: Class } & Pick<Props, "source" | "within">) {
  const right = source === "served" ? "served.correct" : "correct";
  return (
    <tr>
      <th scope="row">
        <Link
          to="/projects/$projectId/review"
          params={{ projectId: project }}
          search={{ filter: both(within, `${equals("label", each.label)} AND ${right} = false`) }}
          title="The rows of this class that are predicted wrong"
        >
          <Label>{each.label}</Label>
        </Link>
      </th>
      <td className={`figures ${styles.number ?? ""}`}>{formatCount(each.support)}</td>
      <td className={`figures ${styles.number ?? ""}`}>{formatCount(each.predicted)}</td>
      <Share name="Precision" measured={each.precision} />
      <Share name="Recall" measured={each.recall} />
      <td className={`figures ${styles.number ?? ""}`}>{formatPercent(each.f1, 1)}</td>
    </tr>
  );
}

function Share({ name, measured: { value, low, high } }: { name: string; measured: Measured }) {
  return (
    <td className={styles.share}>
      <span className="figures">{formatPercent(value, 1)}</span>
      <IntervalBar label={name} value={value} low={low} high={high} />
    </td>
  );
}
