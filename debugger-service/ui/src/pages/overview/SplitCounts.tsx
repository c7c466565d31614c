import { useQuery } from "@tanstack/react-query";
import { countsQuery } from "@/api/project_data";
import { Query } from "@/components/Query";
import { equals } from "@/hooks/filters";
import { useProjectId } from "@/hooks/url_state";
import { CountBar, CountBars } from "./CountBars";

const STATUSES: Record<string, string> = { dropped: "dropped", out_of_scope: "out of scope" };

/** How many rows each split has, and which are set aside. */
export function SplitCounts() {
  const query = useQuery(countsQuery(useProjectId()));
  return (
    <section className="card" aria-labelledby="splits">
      <h2 id="splits">Rows by split</h2>
      <Query query={query} label="the splits">
        {({ rows, facets }) => (
          <CountBars>
            {(facets.split ?? []).map(([split, count]) => (
              <CountBar
                key={split}
                filter={equals("split", split)}
                name={split ?? "no split"}
                count={count}
                of={rows}
              />
            ))}
            {(facets.status ?? [])
              .filter(([status]) => status !== null && status in STATUSES)
              .map(([status, count]) => (
                <CountBar
                  key={status}
                  filter={equals("status", status)}
                  name={STATUSES[status ?? ""] ?? ""}
                  count={count}
                  of={rows}
                />
              ))}
          </CountBars>
        )}
      </Query>
    </section>
  );
}
