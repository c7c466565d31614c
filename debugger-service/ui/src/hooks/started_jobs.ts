import { rememberedById } from "./remembered";

/** What this browser knows of a job that it began: the service tells of a job only what kind of work it is. */
export interface StartedJob {
  project: string;
  /** What it works on, such as the file's name. */
  subject: string;
  /** Whether the person has not been told yet how it ended. */
  isAwaited?: boolean;
}

const MOST = 50;
const started = rememberedById<StartedJob>("jobs", MOST);

/** Remembers a job that the person began, to tell of its end, also when that comes before its beginning is seen. */
export function rememberJob(id: string, job: StartedJob): void {
  started.set(id, { ...job, isAwaited: true });
}

export const startedJob = (id: string): StartedJob | undefined => started.get(id);

/** Whether somebody here waits for the end of the job; asks for it once. */
export function takeEnd(id: string): boolean {
  const job = started.get(id);
  if (!job?.isAwaited) return false;
  started.set(id, { ...job, isAwaited: false });
  return true;
}
