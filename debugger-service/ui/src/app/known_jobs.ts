import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { jobsQuery, projectJobsQuery } from "@/api/jobs";

/** The jobs to show: of the project that is open, whoever began them; else the newest of all projects. */
export function useKnownJobs() {
  const { projectId } = useParams({ strict: false });
  const everybodys = useQuery({ ...jobsQuery(), enabled: projectId === undefined });
  const own = useQuery({ ...projectJobsQuery(projectId ?? ""), enabled: projectId !== undefined });
  return { project: projectId, query: projectId === undefined ? everybodys : own };
}
