import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { testsQuery, type BehaviourTest } from "@/api/behaviour";
import { Empty } from "@/components/Empty";
import { RunChoice } from "@/components/RunChoice";
import { formatAgo, plural } from "@/hooks/format";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { BeginTest } from "./BeginTest";
import type { TrySearch } from "./search";
import { TestResult } from "./TestResult";

/** How often a model's answer flips when rows hardly change. */
export function BehaviourTests() {
  const [{ test }, setSearch] = useUrlState<TrySearch>();
  const query = useInfiniteQuery(testsQuery(useProjectId()));
  const [isBeginning, setIsBeginning] = useState(false);
  const begin = (
    <button type="button" onClick={() => setIsBeginning(true)}>
      New test …
    </button>
  );
  return (
    <>
      <RunChoice
        query={query}
        noun="Test"
        label="the behavioural tests"
        lines={6}
        chosen={test}
        onChoose={(next) => setSearch({ test: next })}
        titleOf={titleOf}
        begin={begin}
        empty={<NoTest>{begin}</NoTest>}
      >
        {(id) => <TestResult key={id} id={id} />}
      </RunChoice>
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
