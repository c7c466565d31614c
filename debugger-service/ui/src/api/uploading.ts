import { address } from "./base";
import { Problem, problemOf } from "./problem";
import type { Job } from "./types";

interface Upload {
  project: string;
  file: File;
  author: string;
  /** Called with the sent part, from 0 to 1. */
  onProgress: (part: number) => void;
  signal: AbortSignal;
}

/** Sends a file to be imported and then analysed, and returns the import's job. `fetch` cannot tell how much is sent; XHR can. */
export function upload({ project, file, author, onProgress, signal }: Upload): Promise<Job> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address(`projects/${project}/imports`, { author, name: file.name, analyse: "true" }));
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () => settle(request, resolve, reject);
    request.onerror = () => reject(new Problem(0, "The connection broke while the file was sent."));
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function settle(request: XMLHttpRequest, resolve: (job: Job) => void, reject: (problem: Problem) => void): void {
  const body = parsed(request.responseText);
  if (request.status === 202) resolve(body as Job);
  else reject(problemOf(request.status, body));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
