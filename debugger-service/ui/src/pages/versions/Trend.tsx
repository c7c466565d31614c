import { useInfiniteQuery } from "@tanstack/react-query";
import { historyQuery } from "@/api/trend";
import { Empty } from "@/components/Empty";
import { Query } from "@/components/Query";
import { Segments } from "@/components/Segments";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { Reliability } from "./Reliability";
import type { VersionsSearch } from "./search";
import styles from "./Trend.module.css";
import { TrendChart } from "./TrendChart";
import { measurementsOf, splitsOf } from "./measurements";

const METRICS = [
  { id: "accuracy", title: "Right answers" },
  { id: "macro_f1", title: "Macro F1" },
] as const;
const WHOLE = "all";

/** How right the models were after each analysis, and whether they know when they are. */
export function Trend() {
  const [{ metric = "accuracy", split = WHOLE }, setSearch] = useUrlState<VersionsSearch>();
  const query = useInfiniteQuery(historyQuery(useProjectId()));
  return (
    <div className={styles.page}>
      <section className="card" aria-labelledby="trend">
        <h2 id="trend">Over the versions</h2>
        <Query query={query} label="what was measured" lines={6}>
          {(history) =>
            history.length === 0 ? (
              <Empty title="Nothing measured yet">
                <p className="soft">Analyse the project: how right the models are is measured after each analysis.</p>
              </Empty>
            ) : (
              <>
                <div className={styles.choices}>
                  <Segments
                    label="What is drawn"
                    options={METRICS}
                    selected={metric}
                    onSelect={(next) => setSearch({ metric: next })}
                  />
                  <label className={styles.split}>
                    <span className="small soft">Rows</span>
                    <select
                      className="input"
                      value={split}
                      onChange={({ target }) => setSearch({ split: target.value === WHOLE ? undefined : target.value })}
                    >
                      {splitsOf(history).map((each) => (
                        <option key={each} value={each}>
                          {each === WHOLE ? "all" : each}
                        </option>
                      ))}
                    </select>
                  </label>
                </div>
                <TrendChart
                  measurements={measurementsOf(history, split, metric)}
                  title={METRICS.find(({ id }) => id === metric)?.title ?? metric}
                />
                {query.hasNextPage && (
                  <button type="button" className="link small" onClick={() => void query.fetchNextPage()}>
                    Show earlier ones
                  </button>
                )}
              </>
            )
          }
        </Query>
      </section>
      <Reliability />
    </div>
  );
}
