import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { testQuery, testsQuery, type BehaviourTestDetail } from "@/api/behaviour";
import { useJob } from "@/api/watching";
import { CancelJob } from "@/components/CancelJob";
import { JobProgress } from "@/components/JobProgress";
import { Query } from "@/components/Query";
import { UserText } from "@/components/UserText";
import { formatMoment, formatPercent, plural } from "@/hooks/format";
import { useProjectId } from "@/hooks/url_state";
import { ClassRates } from "./ClassRates";
import { Flips } from "./Flips";
import { RateBars } from "./RateBars";
import styles from "./TestResult.module.css";

/** What a behavioural test found, or has found so far. */
export function TestResult({ id }: { id: string }) {
  const query = useQuery(testQuery(useProjectId(), id));
  return (
    <Query query={query} label="the behavioural test" lines={8}>
      {(test) => <Result test={test} />}
    </Query>
  );
}

function Result({ test }: { test: BehaviourTestDetail }) {
  const any = test.rates.find(({ perturbation }) => perturbation === "any");
  return (
    <div className={styles.result}>
      {!test.finished_at && <Going test={test} />}
      {test.answered > 0 && (
        <>
          <section className={`card ${styles.whole ?? ""}`} aria-labelledby="rates">
            <h2 id="rates">
              {any && any.rows > 0
                ? `${formatPercent(any.rate.value)} of the rows flip by at least one small change`
                : "Nothing could be changed"}
            </h2>
            <p className="small soft">
              {plural(test.answered, "row")} of version {test.version}
              {test.filter && (
                <>
                  {" found by "}
                  <UserText>{test.filter}</UserText>
                </>
              )}
              {test.author && (
                <>
                  {", begun by "}
                  <bdi dir="auto">{test.author}</bdi>
                </>
              )}
              , {formatMoment(test.created_at)}. The share of rows whose answer becomes another one, with its 95 %
              interval; fewer is better.
            </p>
            <RateBars rates={test.rates} />
          </section>
          <ClassRates classes={test.classes} />
          <Flips flips={test.flips} />
        </>
      )}
    </div>
  );
}

function Going({ test: { id, job_id } }: { test: BehaviourTestDetail }) {
  const project = useProjectId();
  const cache = useQueryClient();
  const { data: job } = useJob(job_id);
  const done = job?.done;
  const status = job?.status;
  useEffect(() => {
    if (done === undefined) return;
    void cache.invalidateQueries({ queryKey: testQuery(project, id).queryKey });
    if (status !== "running") void cache.invalidateQueries({ queryKey: testsQuery(project).queryKey });
  }, [cache, project, id, done, status]);
  if (!job) return null;
  return (
    <div className={`card ${styles.going ?? ""}`}>
      <JobProgress job={job} label="Behavioural test" />
      <CancelJob job={job} />
    </div>
  );
}
