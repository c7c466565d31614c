import type { QueryClient } from "@tanstack/react-query";
import { begin, beginPaged } from "@/api/beginning";
import { projectJobsQuery } from "@/api/jobs";
import { projectQuery, projectsQuery } from "@/api/projects";

/** Asks for what is around every page of a project. */
export function beginProject(cache: QueryClient, project: string): void {
  void begin(cache, projectQuery(project));
  void begin(cache, projectJobsQuery(project));
  void beginPaged(cache, projectsQuery());
}
