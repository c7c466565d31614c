import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isUnfinished, jobsQuery } from "@/api/jobs";
import type { Job, Project } from "@/api/types";
import { nameOf } from "@/app/job_names";
import { JobProgress } from "@/components/JobProgress";
import { Progress } from "@/components/Progress";
import { formatBytes, formatPercent, plural } from "@/hooks/format";
import { startedJob } from "@/hooks/started_jobs";
import { ImportErrors } from "./ImportErrors";
import styles from "./ProjectWork.module.css";
import { dismissUpload, useUploads, type Upload } from "./uploads";

interface Props {
  project: Project;
  onAnalyse: () => void;
}

/** What goes on in a project: files on their way, jobs, and how the last import ended. */
export function ProjectWork({ project, onAnalyse }: Props) {
  const uploads = useUploads().filter((upload) => upload.project === project.id);
  const { data } = useQuery(jobsQuery());
  const jobs = data?.items.filter(({ id }) => startedJob(id)?.project === project.id) ?? [];
  const running = jobs.filter(isUnfinished);
  const lastImport = jobs.find(({ kind }) => kind === "import");
  const isIdle = !uploads.length && !running.length;
  return (
    <div className={styles.work}>
      {uploads.map((upload) => (
        <Sending key={upload.id} upload={upload} />
      ))}
      {running.map((job) => (
        <div key={job.id}>
          <p className="small">{nameOf(job)}</p>
          <JobProgress job={job} label={nameOf(job)} />
        </div>
      ))}
      {lastImport && !isUnfinished(lastImport) && <Ended job={lastImport} />}
      {isIdle && project.rows > 0 && !project.analysis_id && (
        <p className="banner">
          It is not analysed yet.
          <button type="button" className="compact" onClick={onAnalyse}>
            Analyse now
          </button>
        </p>
      )}
    </div>
  );
}

function Sending({ upload: { id, name, bytes, part, problem, cancel } }: { upload: Upload }) {
  if (problem) {
    return (
      <p role="alert" className="banner bad">
        {name} was not imported: {problem.detail}
        <button type="button" className="quiet compact" onClick={() => dismissUpload(id)}>
          Dismiss
        </button>
      </p>
    );
  }
  return (
    <div>
      <p className="small">Sending {name}</p>
      <Progress value={part} label={`Sending ${name}`} />
      <p className="soft small figures">
        {formatPercent(part)} of {formatBytes(bytes)}{" "}
        <button type="button" className="link" onClick={cancel}>
          Cancel
        </button>
      </p>
    </div>
  );
}

function Ended({ job }: { job: Job }) {
  const [isShown, setIsShown] = useState(false);
  if (job.status === "failed") return <p className="banner bad">The import failed: {job.error}</p>;
  if (!job.failed) return null;
  return (
    <div className="banner warn">
      {plural(job.failed, "row")} could not be imported.
      <button type="button" className="quiet compact" onClick={() => setIsShown(true)}>
        Show which
      </button>
      {isShown && <ImportErrors job={job} onClose={() => setIsShown(false)} />}
    </div>
  );
}
