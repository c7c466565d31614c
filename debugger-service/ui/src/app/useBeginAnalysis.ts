import { useAnalyse } from "@/api/projects";
import type { Project } from "@/api/types";
import { rememberJob } from "@/hooks/started_jobs";

/** What begins an analysis of the project, and tells of its end. */
export function useBeginAnalysis({ id, name }: Pick<Project, "id" | "name">): () => void {
  const { mutate } = useAnalyse();
  return () => mutate(id, { onSuccess: (job) => rememberJob(job.id, { project: id, subject: name }) });
}
