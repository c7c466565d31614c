import { useQuery } from "@tanstack/react-query";
import { countsQuery } from "@/api/project_data";
import type { Schemas } from "@/api/types";
import { Query } from "@/components/Query";
import { equals } from "@/hooks/filters";
import { formatCount } from "@/hooks/format";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { CountBar, CountBars } from "./CountBars";
import styles from "./CountBars.module.css";
import type { OverviewSearch } from "./search";

const SHOWN = 12;

/** How many rows each class has, the most frequent first. */
export function ClassCounts() {
  const query = useQuery(countsQuery(useProjectId()));
  return (
    <section className="card" aria-labelledby="classes">
      <h2 id="classes">Rows by class</h2>
      <Query query={query} label="the classes">
        {(counts) => <Classes counts={counts} />}
      </Query>
    </section>
  );
}

function Classes({ counts: { facets } }: { counts: Schemas["Counts"] }) {
  const [{ classes }, setSearch] = useUrlState<OverviewSearch>();
  const labels = facets.label ?? [];
  const shown = classes === "all" ? labels : labels.slice(0, SHOWN);
  const most = Math.max(1, ...labels.map(([, count]) => count));
  return (
    <>
      <CountBars wide>
        {shown.map(([label, count]) => (
          <CountBar key={label} filter={equals("label", label)} name={label ?? "no label"} count={count} of={most} />
        ))}
      </CountBars>
      {labels.length > SHOWN && (
        <button
          type="button"
          className={`link ${styles.more ?? ""}`}
          onClick={() => setSearch({ classes: classes ? undefined : "all" }, { replace: true })}
        >
          {classes ? "Show the most frequent only" : `Show all ${formatCount(labels.length)} classes`}
        </button>
      )}
    </>
  );
}
