import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { classesQuery } from "@/api/confusion";
import { historyQuery, type Measurement, type MeasuredSource } from "@/api/trend";
import type { Measured } from "@/api/types";
import { IntervalBar } from "@/components/IntervalBar";
import { Query } from "@/components/Query";
import { equals } from "@/hooks/filters";
import { formatCount, formatPercent } from "@/hooks/format";
import { useProjectId } from "@/hooks/url_state";
import styles from "./ModelQuality.module.css";
import { RowsLink } from "./RowsLink";

const ALL = "all";
const MISTAKES: Record<MeasuredSource, { filter: string; order: string }> = {
  out_of_sample: { filter: "correct = false", order: "confidence desc" },
  served: { filter: "served.correct = false", order: "served.confidence desc" },
};

/** How right models are, by the labels as they are now: of each split, and beside them the model in use. */
export function ModelQuality() {
  const query = useInfiniteQuery(historyQuery(useProjectId()));
  return (
    <section className="card" aria-labelledby="quality">
      <h2 id="quality">How right the model is</h2>
      <Query query={query} label="how right the model is" lines={4}>
        {(history) => <Sources history={history} />}
      </Query>
    </section>
  );
}

function Sources({ history }: { history: readonly Measurement[] }) {
  const own = history.find(({ source }) => source === "out_of_sample");
  const served = history.find(({ source }) => source === "served");
  if (!own && !served) return <p className="soft">There are no labels to measure by: label some rows, then analyse.</p>;
  return (
    <table className={styles.quality}>
      <thead>
        <tr>
          <th scope="col">Rows</th>
          <th scope="col">Accuracy</th>
          <th scope="col">Macro F1</th>
        </tr>
      </thead>
      {own && <Source title="Models that have not seen the row" source="out_of_sample" splits={splitsOf(own)} />}
      {served && <Source title={`In use: ${served.model ?? "the model"}`} source="served" splits={splitsOf(served)} />}
    </table>
  );
}

interface SourceProps {
  title: string;
  source: MeasuredSource;
  splits: string[];
}

function Source({ title, source, splits }: SourceProps) {
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={3} className={styles.source}>
          {title}
        </th>
      </tr>
      {splits.map((split) => (
        <Split key={split} source={source} split={split} />
      ))}
    </tbody>
  );
}

function Split({ source, split }: { source: MeasuredSource; split: string }) {
  const id = useProjectId();
  const rows = split === ALL ? "" : equals("split", split);
  const { data } = useQuery(classesQuery(id, source, rows));
  const { filter, order } = MISTAKES[source];
  return (
    <tr>
      <th scope="row">
        <bdi dir="auto">{split === ALL ? "all" : split}</bdi>{" "}
        <span className="soft figures">{data && formatCount(data.rows)}</span>
      </th>
      <td>
        {data ? (
          <RowsLink filter={rows ? `${rows} AND ${filter}` : filter} order={order} className={styles.value}>
            <Value name={`Accuracy, ${split}`} measured={data.accuracy} />
          </RowsLink>
        ) : (
          <Wait />
        )}
      </td>
      <td>
        {data ? (
          <Link
            to="/projects/$projectId/confusion"
            params={{ projectId: id }}
            search={{ filter: rows || undefined, source: source === "served" ? source : undefined }}
            className={styles.value}
          >
            <Value name={`Macro F1, ${split}`} measured={data.macro_f1} />
          </Link>
        ) : (
          <Wait />
        )}
      </td>
    </tr>
  );
}

function Value({ name, measured: { value, low, high } }: { name: string; measured: Measured }) {
  return (
    <>
      <span className="figures">
        <strong>{formatPercent(value, 1)}</strong>{" "}
        <span className="soft small">
          {(low * 100).toFixed(1)}–{(high * 100).toFixed(1)}
        </span>
      </span>
      <IntervalBar label={name} value={value} low={low} high={high} />
    </>
  );
}

const Wait = () => <div className={`skeleton ${styles.wait ?? ""}`} />;

/** The splits that were measured; all rows beside them only where there is more than one. */
export function splitsOf({ splits }: Measurement): string[] {
  const named = Object.keys(splits).filter((split) => split !== ALL);
  return named.length === 1 ? named : [ALL, ...named];
}
