import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useMemo } from "react";
import { ambiguousQuery, classesQuery, confusionQuery } from "@/api/confusion";
import { kindsQuery } from "@/api/project_data";
import { projectQuery, useAnalyse } from "@/api/projects";
import { asProblem } from "@/api/problem";
import type { Schemas } from "@/api/types";
import { Empty } from "@/components/Empty";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { Page } from "@/components/Page";
import { Query } from "@/components/Query";
import { formatPercent, plural } from "@/hooks/format";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { ClassTable } from "./ClassTable";
import { ConfusionBar } from "./ConfusionBar";
import { cellFilter, Matrix } from "./matrix";
import { MatrixView } from "./MatrixView";
import { MistakeTable } from "./MistakeTable";
import { PairList } from "./PairList";
import { paired } from "./proposals";
import { withinOf, type ConfusionSearch } from "./search";
import styles from "./ConfusionPage.module.css";

/** Which classes are taken for which, and what can be done about it. */
export function ConfusionPage() {
  const project = useProjectId();
  const [search, setSearch] = useUrlState<ConfusionSearch>();
  const source = search.source ?? "out_of_sample";
  const within = withinOf(search);
  const query = useQuery(confusionQuery(project, source, within));
  // What stands above the matrix must be known before it is shown, or it would jump.
  const kinds = useQuery(kindsQuery(project));
  const data = useDeferredValue(kinds.isLoading ? undefined : query.data);
  const problem = query.error ? asProblem(query.error) : null;
  const isBadFilter = problem !== null && [400, 422].includes(problem.status);
  return (
    <Page title="Confusion">
      <ConfusionBar
        project={project}
        search={search}
        error={isBadFilter ? problem.detail : undefined}
        onChange={setSearch}
      />
      {data && !query.isError ? (
        <Parts project={project} data={data} within={within} search={search} onChange={setSearch} />
      ) : !query.isError ? (
        <Loading label="the matrix" lines={12} />
      ) : problem?.status === 409 ? (
        <Empty title="Nothing to compare">
          <p>{problem.detail}</p>
          <p className="soft">The matrix needs labeled rows with predictions.</p>
        </Empty>
      ) : (
        !isBadFilter && (
          <Failure error={query.error} title="Could not load the matrix" onRetry={() => void query.refetch()} />
        )
      )}
    </Page>
  );
}

interface PartsProps {
  project: string;
  data: Schemas["ConfusionOut"];
  within: string;
  search: ConfusionSearch;
  onChange: ReturnType<typeof useUrlState<ConfusionSearch>>[1];
}

function Parts({ project, data, within, search, onChange }: PartsProps) {
  const source = search.source ?? "out_of_sample";
  const matrix = useMemo(() => new Matrix(data), [data]);
  const { data: proposals } = useQuery(ambiguousQuery(project));
  const chosen = useMemo(() => matrix.find(search.label, search.prediction), [matrix, search.label, search.prediction]);
  const pairs = useMemo(() => paired(data.pairs, proposals?.items ?? []), [data, proposals]);
  const proposed = pairs.filter(({ proposal }) => proposal).length;
  const open = useOpenCell(project, within);
  const named = ({ row, column }: { row: number; column: number }) => ({
    label: matrix.labels[row],
    prediction: matrix.labels[column],
  });
  const classes = useQuery(classesQuery(project, source, within));
  return (
    <>
      <Outdated project={project} />
      <div className={styles.parts}>
        <section className={`card ${styles.matrix ?? ""}`} aria-label="Matrix">
          {search.view === "table" ? (
            <div className={styles.table}>
              <MistakeTable project={project} matrix={matrix} source={source} within={within} />
            </div>
          ) : (
            <MatrixView
              matrix={matrix}
              chosen={chosen}
              onWalk={(place) => onChange(named(place), { replace: true })}
              onOpen={(place) => void open(named(place), source)}
            />
          )}
        </section>
        <section className={`card ${styles.pairs ?? ""}`}>
          <header className={styles.heading}>
            <h2>Confused pairs</h2>
            <p className="soft small">
              {proposed
                ? `${plural(proposed, "proposal")} to merge or split; the effects are simulated, in percentage points`
                : "The analysis proposes to merge or split none of them."}
            </p>
          </header>
          <PairList project={project} pairs={pairs} source={source} within={within} />
        </section>
      </div>
      <section className={`card ${styles.classes ?? ""}`}>
        <Query query={classes} label="the classes" lines={8}>
          {(metrics) => (
            <>
              <h2>Classes</h2>
              <p className="soft small">
                {plural(metrics.rows, "row")}, accuracy {formatPercent(metrics.accuracy.value, 1)}, macro-F1{" "}
                {formatPercent(metrics.macro_f1.value, 1)}. Bars show where the true value likely is (95 %); a class
                opens its mistakes.
              </p>
              <ClassTable
                project={project}
                classes={metrics.classes}
                source={source}
                within={within}
                search={search}
                onChange={(change) => onChange(change, { replace: true })}
              />
            </>
          )}
        </Query>
      </section>
    </>
  );
}

/** Says that the predictions are older than the labels, where they are. */
function Outdated({ project }: { project: string }) {
  const { data: now } = useQuery(projectQuery(project));
  const { data: found } = useQuery(kindsQuery(project));
  const analyse = useAnalyse();
  if (!now || !found || now.version <= found.analysis.version) return null;
  return (
    <p className={`banner ${styles.outdated ?? ""}`}>
      <span>
        {plural(now.version - found.analysis.version, "decision")} since the analysis: predictions and proposals are of
        before, also the names of classes that were merged.
      </span>
      <button
        type="button"
        className="quiet compact"
        disabled={analyse.isPending}
        onClick={() => analyse.mutate(project)}
      >
        Analyse again
      </button>
    </p>
  );
}

/** Opens a cell's rows; Back comes back to the cell. */
function useOpenCell(project: string, within: string) {
  const navigate = useNavigate();
  return async (cell: { label?: string; prediction?: string }, source: "out_of_sample" | "served") => {
    const { label = "", prediction = "" } = cell;
    await navigate({ to: ".", search: ((before: object) => ({ ...before, ...cell })) as never, replace: true });
    await navigate({
      to: "/projects/$projectId/review",
      params: { projectId: project },
      search: { filter: cellFilter(label, prediction, source, within) },
    });
  };
}
