import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isUnfinished, projectJobsQuery } from "@/api/jobs";
import type { Job, Project } from "@/api/types";
import { nameOf } from "@/app/job_names";
import { UploadProgress } from "@/app/UploadProgress";
import { useUploads } from "@/app/uploads";
import { JobProgress } from "@/components/JobProgress";
import { plural } from "@/hooks/format";
import { ImportErrors } from "./ImportErrors";
import styles from "./ProjectWork.module.css";

interface Props {
  project: Project;
  onAnalyse: () => void;
}

/** What goes on in a project: files on their way, jobs, and how the last import ended. */
export function ProjectWork({ project, onAnalyse }: Props) {
  const uploads = useUploads().filter((upload) => upload.project === project.id);
  const { data } = useQuery(projectJobsQuery(project.id));
  const jobs = data?.items ?? [];
  const running = jobs.filter(isUnfinished);
  const lastImport = jobs.find(({ kind }) => kind === "import");
  const isIdle = !uploads.length && !running.length;
  return (
    <div className={styles.work}>
      <UploadProgress project={project.id} />
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
