import { isUnfinished } from "@/api/jobs";
import type { Job, Project } from "@/api/types";
import { useBeginAnalysis } from "@/app/useBeginAnalysis";
import { Empty } from "@/components/Empty";
import { lastFailed } from "./Notices";

interface Props {
  project: Project;
  jobs: Job[];
}

/** Stands where the issues will be. */
export function NotAnalysed({ project, jobs }: Props) {
  const analyse = useBeginAnalysis(project);
  if (jobs.some((job) => isUnfinished(job) && ["analyse", "import"].includes(job.kind))) {
    return (
      <div className="card">
        <Empty title="The issues come with the analysis">
          <p className="soft">You may close this page meanwhile; the analysis goes on by itself.</p>
        </Empty>
      </div>
    );
  }
  if (lastFailed(jobs)) return null;
  return (
    <div className="card">
      <Empty title="Not analysed yet">
        <p className="soft">
          The analysis finds labels that are likely wrong, doubles, leaks and classes that are mistaken for one another.
        </p>
        <button type="button" onClick={analyse}>
          Analyse {project.rows.toLocaleString("en")} rows
        </button>
      </Empty>
    </div>
  );
}
