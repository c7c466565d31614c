import type { Schemas } from "./types";

type ProblemDocument = Schemas["Problem"];

/** Why a request failed, as the service's problem document tells it; its status is 0 where no answer came. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly detail: string,
    readonly requestId?: string,
  ) {
    super(detail);
  }

  /** Whether the same request may succeed in a moment. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

/** The problem in an answer's body; where that is no problem document, what the status says. */
export function problemOf(status: number, body: unknown): Problem {
  if (isDocument(body)) return new Problem(status, body.detail, body.request_id);
  return new Problem(status, `The service answered ${status} without saying why.`);
}

/** Any error as a problem: what `fetch` throws means that the service cannot be reached. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isUnloaded(error)) return new Problem(0, "A part of this page could not be loaded.");
  if (error instanceof TypeError) return new Problem(0, "The service cannot be reached.");
  return new Problem(500, error instanceof Error ? error.message : String(error));
}

/** What a person can do about it. */
export function advice({ status }: Problem): string {
  if (status === 0) return "Check the network; what you see stays, and the page asks again by itself when it is back.";
  if (status === 404) return "It may have been deleted, or the address is incomplete.";
  if (status === 409) return "Look at it again: somebody or something was faster.";
  if (status === 413) return "Split the file, or have the service's limit raised.";
  if (status === 422) return "Correct what was entered, then try again.";
  if (status === 429 || status >= 502) return "Wait a moment, then try again.";
  return "Try again; if it happens again, tell those who run the service, with the request's id.";
}

/** Whether a script or a stylesheet did not come, as browsers and the bundler say it; there may be a newer build. */
export function isUnloaded(error: unknown): boolean {
  return (
    error instanceof Error && /dynamically imported module|Importing a module script|preload CSS/.test(error.message)
  );
}

function isDocument(body: unknown): body is ProblemDocument {
  return typeof body === "object" && body !== null && "detail" in body && typeof body.detail === "string";
}
