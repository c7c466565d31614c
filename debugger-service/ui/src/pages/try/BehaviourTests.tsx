import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { testsQuery, type BehaviourTest } from "@/api/behaviour";
import { Empty } from "@/components/Empty";
import { Query } from "@/components/Query";
import { formatAgo, plural } from "@/hooks/format";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import styles from "./BehaviourTests.module.css";
import { BeginTest } from "./BeginTest";
import type { TrySearch } from "./search";
import { TestResult } from "./TestResult";

/** How often a model's answer flips when rows hardly change. */
export function BehaviourTests() {
  const id = useProjectId();
  const [{ test }, setSearch] = useUrlState<TrySearch>();
  const query = useInfiniteQuery(testsQuery(id));
  const [isBeginning, setIsBeginning] = useState(false);
  const begin = (
    <button type="button" onClick={() => setIsBeginning(true)}>
      New test …
    </button>
  );
  return (
    <>
      <Query query={query} label="the behavioural tests" lines={6}>
        {(tests) => {
          const shown = test ?? tests[0]?.id;
          if (shown === undefined) return <NoTest>{begin}</NoTest>;
          return (
            <div className={styles.page}>
              <div className={styles.bar}>
                <label className={styles.choice}>
                  <span className="small soft">Test</span>
                  <select className="input" value={shown} onChange={({ target }) => setSearch({ test: target.value })}>
                    {!tests.some((each) => each.id === shown) && <option value={shown}>An older one</option>}
                    {tests.map((each) => (
                      <option key={each.id} value={each.id}>
                        {titleOf(each)}
                      </option>
                    ))}
                  </select>
                </label>
                {query.hasNextPage && (
                  <button type="button" className="link small" onClick={() => void query.fetchNextPage()}>
                    Older tests
                  </button>
                )}
                {begin}
              </div>
              <TestResult key={shown} id={shown} />
            </div>
          );
        }}
      </Query>
      {isBeginning && <BeginTest onClose={() => setIsBeginning(false)} />}
    </>
  );
}

function NoTest({ children }: { children: ReactNode }) {
  return (
    <Empty title="No behavioural test yet">
      <p className="soft">
        Typos, other casing or a synonym should not change what a text is taken for. A test changes rows of each class
        in such ways, counts how often the answer flips, and lists the worst flips.
      </p>
      {children}
    </Empty>
  );
}

const titleOf = ({ source, service, version, rows, created_at }: BehaviourTest) =>
  `${source === "own" ? "Project’s own model" : (service ?? "Model in use")} · version ${version} · ${plural(rows, "row")} · ${formatAgo(created_at)}`;
