import type { Version } from "@/api/types";

const ACTIONS: Record<string, string> = {
  relabel: "Relabeled",
  accept: "Proposals accepted",
  keep: "Kept as they are",
  drop: "Dropped",
  out_of_scope: "Out of scope",
};

type Told = Pick<Version, "action" | "request" | "undoes">;
type Undoing = Pick<Version, "number" | "undoes" | "undone_by">;

/** What a version did, for people; `subject` is text of the data or a file's name, `others` tell what an undo undid. */
export function told(
  { action, request, undoes }: Told,
  others: readonly Undoing[] = [],
): { words: string; subject?: string } {
  const text = (name: string) => (typeof request[name] === "string" ? request[name] : undefined);
  const labels = Array.isArray(request.labels) ? request.labels.map(String).join(", ") : "";
  if (undoes !== null) return { words: undone(undoes, others) };
  if (action === "import") return { words: "Imported", subject: text("name") };
  if (action === "merge") return { words: "Merged", subject: `${labels} → ${text("label") ?? ""}` };
  if (action === "rename") return { words: "Renamed", subject: `${labels} → ${text("label") ?? ""}` };
  return { words: ACTIONS[action] ?? action, subject: action === "relabel" ? text("label") : undefined };
}

/** The same as one plain line. */
export function toldShortly(version: Told, others: readonly Undoing[] = []): string {
  const { words, subject } = told(version, others);
  return subject ? `${words}: ${subject}` : words;
}

/** Whether what a version did holds no longer: it was undone, and that was not undone in turn. */
export function isVoid({ undone_by }: Undoing, others: readonly Undoing[]): boolean {
  if (undone_by === null) return false;
  const by = others.find(({ number }) => number === undone_by);
  return by === undefined || !isVoid(by, others);
}

/** What undoing a version comes to: undoing an undo is doing again what that had undone. */
export function undoing(
  number: number,
  others: readonly Undoing[],
  isRedo = false,
): { verb: "Undo" | "Redo"; number: number } {
  const undoes = others.find((each) => each.number === number)?.undoes ?? null;
  return undoes === null ? { verb: isRedo ? "Redo" : "Undo", number } : undoing(undoes, others, !isRedo);
}

function undone(undoes: number, others: readonly Undoing[]): string {
  const { verb, number } = undoing(undoes, others);
  return `Version ${number} ${verb === "Redo" ? "redone" : "undone"}`;
}
