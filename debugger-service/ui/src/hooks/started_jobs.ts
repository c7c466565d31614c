import { remembered } from "./remembered";

/** What this browser knows of a job that it began: the service tells of a job only what kind of work it is. */
export interface StartedJob {
  project: string;
  /** What it works on, such as the file's name. */
  subject: string;
  /** What is to follow when it has succeeded. */
  next?: "analyse";
}

const MOST = 50;
const started = remembered("jobs", "{}");

function all(): Record<string, StartedJob> {
  try {
    return JSON.parse(started.get()) as Record<string, StartedJob>;
  } catch {
    return {};
  }
}

export function rememberJob(id: string, job: StartedJob): void {
  const others = Object.entries(all()).filter(([known]) => known !== id);
  started.set(JSON.stringify(Object.fromEntries([...others, [id, job]].slice(-MOST))));
}

export const startedJob = (id: string): StartedJob | undefined => all()[id];

/** The ids of the jobs that something is to follow. */
export const awaited = (): string[] => Object.entries(all()).flatMap(([id, { next }]) => (next ? [id] : []));

/** Takes what is to follow a job, so that nobody else begins it. */
export function takeNext(id: string): StartedJob | undefined {
  const job = all()[id];
  if (!job?.next) return undefined;
  rememberJob(id, { project: job.project, subject: job.subject });
  return job;
}
