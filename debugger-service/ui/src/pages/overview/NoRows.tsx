import type { Job, Project } from "@/api/types";
import { nameOf } from "@/app/job_names";
import { UploadProgress } from "@/app/UploadProgress";
import { useUploads } from "@/app/uploads";
import { useSend } from "@/app/useSend";
import { Empty } from "@/components/Empty";
import { JobProgress } from "@/components/JobProgress";
import styles from "./NoRows.module.css";

interface Props {
  project: Project;
  running: Job[];
}

/** A project that nothing was imported into yet. */
export function NoRows({ project, running }: Props) {
  const isSending = useUploads().some((upload) => upload.project === project.id);
  if (isSending || running.length) {
    return (
      <div className={`card ${styles.going ?? ""}`}>
        <h2>The first rows are on their way</h2>
        <UploadProgress project={project.id} />
        {running.map((job) => (
          <JobProgress key={job.id} job={job} label={nameOf(job)} />
        ))}
        <p className="soft">They are analysed as soon as they are here. You may close this page meanwhile.</p>
      </div>
    );
  }
  return (
    <Empty title="No rows yet">
      <p className="soft">
        Import a chatbot’s export, CSV, JSONL or CLINC150’s JSON with texts and labels: it is analysed then.
      </p>
      <FileButton project={project} />
    </Empty>
  );
}

function FileButton({ project }: { project: Project }) {
  const send = useSend();
  return (
    <label className={`button ${styles.choose ?? ""}`}>
      Import a file
      <input
        type="file"
        className="unseen"
        onChange={({ target }) => {
          if (target.files?.[0]) send(project.id, target.files[0]);
          target.value = "";
        }}
      />
    </label>
  );
}
