// Asks the service. Every address is relative, so the page also works under the gateway's prefix.

export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** The error that a problem document tells; status 0 where there was no answer. */
export function problem(status, body) {
  if (status === 0) return new Problem(0, "The service cannot be reached.");
  return new Problem(status, body?.detail ?? `The service answered ${status}.`);
}

async function request(method, path, body, signal) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const options = { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) };
  const response = await fetch(path, options).catch((error) => {
    throw error.name === "AbortError" ? error : problem(0);
  });
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw problem(response.status, answer);
  return answer;
}

export const get = (path, signal) => request("GET", path, undefined, signal);
export const post = (path, body) => request("POST", path, body);
export const patch = (path, body) => request("PATCH", path, body);
export const remove = (path) => request("DELETE", path);
export const isAbort = (error) => error.name === "AbortError";
