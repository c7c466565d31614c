import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { address } from "./base";
import { isUnfinished, jobQuery, LISTS } from "./jobs";
import type { Job, Jobs } from "./types";

/** Tells how far a job is whenever that changes, until it is over; call what is returned to stop. */
export function watchJob(id: string, onChange: (job: Job) => void): () => void {
  const source = new EventSource(address(`jobs/${id}/events`));
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data as string) as Job;
    // Where the stream ends the browser would begin it anew.
    if (!isUnfinished(job)) source.close();
    onChange(job);
  });
  return () => source.close();
}

/** Resolves to the job when it is over. */
export function finished(id: string): Promise<Job> {
  return new Promise((resolve) => {
    watchJob(id, (job) => {
      if (!isUnfinished(job)) resolve(job);
    });
  });
}

/** The job with this id, kept up to date by the service's events. */
export function useJob(id: string | undefined) {
  const cache = useQueryClient();
  useEffect(() => (id ? watchJob(id, (job) => keep(cache, job)) : undefined), [cache, id]);
  return useQuery({ ...jobQuery(id ?? ""), enabled: id !== undefined });
}

/** Puts what is newly known of a job where all look for it. */
export function keep(cache: QueryClient, job: Job): void {
  cache.setQueryData(jobQuery(job.id).queryKey, job);
  cache.setQueriesData<Jobs>({ queryKey: LISTS }, (list) =>
    list ? { ...list, items: list.items.map((each) => (each.id === job.id ? job : each)) } : list,
  );
  if (!isUnfinished(job)) void cache.invalidateQueries({ queryKey: LISTS });
}
