import type { Version } from "@/api/types";

const ACTIONS: Record<string, string> = {
  relabel: "Relabeled",
  accept: "Proposals accepted",
  keep: "Kept as they are",
  drop: "Dropped",
  out_of_scope: "Out of scope",
};

type Told = Pick<Version, "action" | "request" | "undoes">;

/** What a version did, for people; `subject` is text of the data or a file's name. */
export function told({ action, request, undoes }: Told): { words: string; subject?: string } {
  const text = (name: string) => (typeof request[name] === "string" ? request[name] : undefined);
  const labels = Array.isArray(request.labels) ? request.labels.map(String).join(", ") : "";
  if (undoes !== null) return { words: `Version ${undoes} undone` };
  if (action === "import") return { words: "Imported", subject: text("name") };
  if (action === "merge") return { words: "Merged", subject: `${labels} → ${text("label") ?? ""}` };
  if (action === "rename") return { words: "Renamed", subject: `${labels} → ${text("label") ?? ""}` };
  return { words: ACTIONS[action] ?? action, subject: action === "relabel" ? text("label") : undefined };
}

/** The same as one plain line. */
export function toldShortly(version: Told): string {
  const { words, subject } = told(version);
  return subject ? `${words}: ${subject}` : words;
}
