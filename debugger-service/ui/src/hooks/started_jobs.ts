import { remembered } from "./remembered";

/** What this browser knows of a job that it began: the service tells of a job only what kind of work it is. */
export interface StartedJob {
  project: string;
  /** What it works on, such as the file's name. */
  subject: string;
  /** Whether the person has not been told yet how it ended. */
  isAwaited?: boolean;
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

/** Remembers a job that the person began, to tell of its end, also when that comes before its beginning is seen. */
export function rememberJob(id: string, job: StartedJob): void {
  keep(id, { ...job, isAwaited: true });
}

export const startedJob = (id: string): StartedJob | undefined => all()[id];

/** Whether somebody here waits for the end of the job; asks for it once. */
export function takeEnd(id: string): boolean {
  const job = all()[id];
  if (!job?.isAwaited) return false;
  keep(id, { ...job, isAwaited: false });
  return true;
}

function keep(id: string, job: StartedJob): void {
  const others = Object.entries(all()).filter(([known]) => known !== id);
  started.set(JSON.stringify(Object.fromEntries([...others, [id, job]].slice(-MOST))));
}
