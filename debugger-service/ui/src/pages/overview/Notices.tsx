import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { isUnfinished } from "@/api/jobs";
import { kindsQuery } from "@/api/project_data";
import type { Job, Project } from "@/api/types";
import { versionsQuery } from "@/api/versions";
import { nameOf } from "@/app/job_names";
import { UploadProgress } from "@/app/UploadProgress";
import { useBeginAnalysis } from "@/app/useBeginAnalysis";
import { JobProgress } from "@/components/JobProgress";
import styles from "./Notices.module.css";
import { changesSince } from "./changes";

interface Props {
  project: Project;
  jobs: Job[];
}

/** What goes on, what failed, and whether the figures are older than the data. */
export function Notices({ project, jobs }: Props) {
  const running = jobs.filter(isUnfinished);
  const failed = lastFailed(jobs);
  return (
    <div className={styles.notices}>
      <UploadProgress project={project.id} />
      {running.map((job) => (
        <div key={job.id} className={`card ${styles.job ?? ""}`}>
          <strong>{nameOf(job)}</strong>
          <JobProgress job={job} label={nameOf(job)} />
        </div>
      ))}
      {failed && <Failed job={failed} project={project} />}
      {!failed && project.analysis_id && !isAnalysing(running) && <Stale project={project} />}
    </div>
  );
}

function Failed({ job, project }: { job: Job; project: Project }) {
  const analyse = useBeginAnalysis(project);
  return (
    <div role="alert" className="banner bad">
      <span>
        The last analysis failed: {job.error} {project.analysis_id && "The figures are of the one before it."}
      </span>
      <button type="button" className="quiet compact" onClick={analyse}>
        Analyse again
      </button>
    </div>
  );
}

function Stale({ project }: { project: Project }) {
  const analyse = useBeginAnalysis(project);
  const { data: found } = useQuery(kindsQuery(project.id));
  const analysed = found?.analysis.version ?? project.version;
  const isStale = analysed < project.version;
  const { data: versions } = useInfiniteQuery({ ...versionsQuery(project.id), enabled: isStale });
  if (!isStale) return null;
  return (
    <div className="banner">
      <span>
        {changesSince(
          project.version - analysed,
          versions?.filter(({ number }) => number > analysed),
        )}
      </span>
      <button type="button" className="compact" onClick={analyse}>
        Analyse again
      </button>
    </div>
  );
}

/** The last analysis if it failed. */
export function lastFailed(jobs: readonly Job[]): Job | undefined {
  const last = jobs.find(({ kind }) => kind === "analyse");
  return last?.status === "failed" ? last : undefined;
}

const isAnalysing = (running: readonly Job[]) => running.some(({ kind }) => kind === "analyse");
