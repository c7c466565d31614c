import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Source } from "@/api/confusion";
import { Empty } from "@/components/Empty";
import { Label } from "@/components/Label";
import { formatCount, formatPercent, plural } from "@/hooks/format";
import { cellFilter, type Matrix } from "./matrix";
import styles from "./tables.module.css";

const AT_ONCE = 100;

interface Props {
  project: string;
  matrix: Matrix;
  source: Source;
  within: string;
}

/** The matrix's mistakes as a table, the most rows first. */
export function MistakeTable({ project, matrix, source, within }: Props) {
  const [most, setMost] = useState(AT_ONCE);
  const { labels, mistakes } = matrix;
  if (!mistakes.length) return <Empty title="No mistakes here" />;
  return (
    <>
      <table className={styles.table}>
        <caption className="unseen">Which labels are taken for which</caption>
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col">Taken for</th>
            <th scope="col" className={styles.number}>
              Rows
            </th>
            <th scope="col" className={styles.number}>
              Of the label
            </th>
          </tr>
        </thead>
        <tbody>
          {mistakes.slice(0, most).map(({ row, column, count }) => (
            <tr key={`${row} ${column}`}>
              <td>
                <Label>{labels[row]}</Label>
              </td>
              <td>
                <Label tone="new">{labels[column]}</Label>
              </td>
              <td className={`figures ${styles.number ?? ""}`}>
                <Link
                  to="/projects/$projectId/review"
                  params={{ projectId: project }}
                  search={{ filter: cellFilter(labels[row] ?? "", labels[column] ?? "", source, within) }}
                  aria-label={`${plural(count, "row")}: open in Review`}
                >
                  {formatCount(count)}
                </Link>
              </td>
              <td className={`figures ${styles.number ?? ""}`}>{formatPercent(count / matrix.total(row), 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {mistakes.length > most && (
        <button type="button" className="quiet" onClick={() => setMost(most + 5 * AT_ONCE)}>
          Show more of {formatCount(mistakes.length)}
        </button>
      )}
    </>
  );
}
