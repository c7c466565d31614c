import { asProblem, type Problem } from "@/api/problem";
import { upload } from "@/api/uploading";
import { author } from "@/hooks/author";
import { rememberJob } from "@/hooks/started_jobs";
import { newStore, useStore } from "@/hooks/store";

/** A file on its way to the service; it goes on when the person looks at other pages. */
export interface Upload {
  id: number;
  project: string;
  name: string;
  bytes: number;
  /** From 0 to 1. */
  part: number;
  problem?: Problem;
  cancel: () => void;
}

const uploads = newStore<readonly Upload[]>([]);
let lastId = 0;

export const useUploads = () => useStore(uploads);

export function dismissUpload(id: number): void {
  uploads.set(uploads.get().filter((each) => each.id !== id));
}

/** Sends the file to be imported and then analysed; `onSent` is called when the service has all of it. */
export async function beginUpload(project: string, file: File, onSent: () => void): Promise<void> {
  const name = await author();
  if (!name) return;
  const stop = new AbortController();
  const id = ++lastId;
  uploads.set([
    ...uploads.get(),
    { id, project, name: file.name, bytes: file.size, part: 0, cancel: () => stop.abort() },
  ]);
  try {
    const onProgress = (part: number) => change(id, { part });
    const job = await upload({ project, file, author: name, onProgress, signal: stop.signal });
    rememberJob(job.id, { project, subject: file.name });
    dismissUpload(id);
    onSent();
  } catch (error) {
    if (stop.signal.aborted) dismissUpload(id);
    else change(id, { problem: asProblem(error) });
  }
}

function change(id: number, some: Partial<Upload>): void {
  uploads.set(uploads.get().map((each) => (each.id === id ? { ...each, ...some } : each)));
}
