import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef } from "react";
import { isUnfinished, jobsQuery } from "@/api/jobs";
import { projectKey, PROJECTS, useAnalyse } from "@/api/projects";
import { asProblem } from "@/api/problem";
import type { Job } from "@/api/types";
import { keep, watchJob } from "@/api/watching";
import { awaited, rememberJob, startedJob, takeNext } from "@/hooks/started_jobs";
import { notify, notifyError } from "@/hooks/toasts";
import { nameOf } from "./job_names";

/** A browser holds six connections to a service at most, and each watched job takes one. */
const MOST_WATCHED = 2;

/** Watches the jobs that go on, says when one has ended, and begins what is to follow it. */
export function LiveJobs() {
  const { data } = useQuery(jobsQuery());
  const cache = useQueryClient();
  const analyse = useAnalyse();
  const onEnd = useEffectEvent((job: Job) => {
    const project = startedJob(job.id)?.project;
    void cache.invalidateQueries({ queryKey: project ? projectKey(project) : PROJECTS });
    void cache.invalidateQueries({ queryKey: [...PROJECTS, "list"] });
    say(job);
    if (job.status === "succeeded") follow(job, analyse.mutateAsync);
  });
  const known = useRef(new Map<string, Job["status"]>());
  useEffect(() => {
    for (const job of data?.items ?? []) {
      const before = known.current.get(job.id);
      known.current.set(job.id, job.status);
      const hasEnded = before !== undefined && before !== job.status && !isUnfinished(job);
      if (hasEnded || (before === undefined && !isUnfinished(job) && awaited().includes(job.id))) onEnd(job);
    }
  }, [data]);
  const watched = data?.items.filter(isUnfinished).slice(0, MOST_WATCHED) ?? [];
  return watched.map(({ id }) => <LiveJob key={id} id={id} />);
}

function LiveJob({ id }: { id: string }) {
  const cache = useQueryClient();
  useEffect(
    () =>
      watchJob(id, (job) => {
        keep(cache, job);
        cache.setQueryData(jobsQuery().queryKey, (list) =>
          list ? { ...list, items: list.items.map((each) => (each.id === job.id ? job : each)) } : list,
        );
      }),
    [cache, id],
  );
  return null;
}

function say(job: Job): void {
  if (job.status === "failed") notifyError(new Error(`${nameOf(job)}: ${job.error ?? "it failed"}`));
  else notify(`${nameOf(job)}: ${job.status === "cancelled" ? "cancelled" : "done"}.`);
}

function follow(job: Job, analyse: (project: string) => Promise<Job>): void {
  const next = takeNext(job.id);
  if (!next) return;
  analyse(next.project).then(
    (begun) => rememberJob(begun.id, { project: next.project, subject: next.subject }),
    (error: unknown) => {
      // Somebody else has begun one already.
      if (asProblem(error).status !== 409) notifyError(error);
    },
  );
}
