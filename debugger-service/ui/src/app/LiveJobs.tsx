import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef } from "react";
import { isUnfinished } from "@/api/jobs";
import { projectKey, PROJECTS } from "@/api/projects";
import type { Job } from "@/api/types";
import { keep, watchJob } from "@/api/watching";
import { startedJob, takeEnd } from "@/hooks/started_jobs";
import { notify, notifyError } from "@/hooks/toasts";
import { nameOf } from "./job_names";
import { useKnownJobs } from "./known_jobs";

/** A browser holds six connections to a service at most, and each watched job takes one. */
const MOST_WATCHED = 2;

/** Watches the jobs that go on, and says when one has ended. */
export function LiveJobs() {
  const { project, query } = useKnownJobs();
  const { data } = query;
  const cache = useQueryClient();
  const onEnd = useEffectEvent((job: Job) => {
    const own = project ?? startedJob(job.id)?.project;
    void cache.invalidateQueries({ queryKey: own ? projectKey(own) : PROJECTS });
    void cache.invalidateQueries({ queryKey: [...PROJECTS, "list"] });
    if (takeEnd(job.id) || project) say(job);
  });
  const known = useRef(new Map<string, Job["status"]>());
  useEffect(() => {
    for (const job of data?.items ?? []) {
      const before = known.current.get(job.id);
      known.current.set(job.id, job.status);
      if (isUnfinished(job)) continue;
      if (before === undefined ? startedJob(job.id)?.isAwaited : before !== job.status) onEnd(job);
    }
  }, [data]);
  const watched = data?.items.filter(isUnfinished).slice(0, MOST_WATCHED) ?? [];
  return watched.map(({ id }) => <LiveJob key={id} id={id} />);
}

function LiveJob({ id }: { id: string }) {
  const cache = useQueryClient();
  useEffect(() => watchJob(id, (job) => keep(cache, job)), [cache, id]);
  return null;
}

function say(job: Job): void {
  if (job.status === "failed") notifyError(new Error(`${nameOf(job)}: ${job.error ?? "it failed"}`));
  else notify(`${nameOf(job)}: ${job.status === "cancelled" ? "cancelled" : "done"}.`);
}
