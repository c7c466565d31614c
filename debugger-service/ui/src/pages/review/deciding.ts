import type { QueryClient } from "@tanstack/react-query";
import { decide as sendDecision, firstChanged, newestVersions, undoVersion } from "@/api/decisions";
import { asProblem } from "@/api/problem";
import { rowQuery } from "@/api/project_data";
import { projectKey } from "@/api/projects";
import type { Decision, Row, Version } from "@/api/types";
import { author } from "@/hooks/author";
import { plural } from "@/hooks/format";
import { notify, notifyError } from "@/hooks/toasts";
import { done, outcome, stateOf, type Wish } from "./outcome";
import { patchRows, reloadQueues } from "./queue";
import { sessionOf, setTrouble, versionOf, whilePending, type Deed, type Session } from "./session";

const CONFLICT = 409;
const LOOKED_BACK = 50;

export interface Place {
  cache: QueryClient;
  project: string;
  /** Brings a row before the person's eyes. */
  show: (number: number) => void;
}

/** Decides about a row: it is shown as decided at once, and sent after what was decided before. */
export async function decideRow(place: Place, row: Row, wish: Wish): Promise<boolean> {
  const who = await author();
  if (who === null) return false;
  const session = sessionOf(place.project);
  const before = stateOf(row);
  show(place, row.number, outcome(row, wish));
  setTrouble(session, row.number, null);
  session.made.set(session.made.get() + 1);
  const sent = session.outbox.send((attempt) => send(place, session, row, wish, who, attempt));
  const version = whilePending(session, row.number, sent).catch(async (error: unknown) => {
    session.made.set(session.made.get() - 1);
    await comeBack(place, session, row.number, before, error);
    return null;
  });
  session.deeds.push({ number: row.number, before, version });
  return true;
}

/** Undoes the person's last decision, and shows its row; also one of before the page was loaded. */
export async function undoLast(place: Place): Promise<void> {
  const who = await author();
  if (who === null) return;
  const session = sessionOf(place.project);
  const deed = session.deeds.pop();
  if (deed) await undoDeed(place, session, deed, who);
  else await undoEarlier(place, session, who);
}

async function undoDeed(place: Place, session: Session, deed: Deed, who: string): Promise<void> {
  show(place, deed.number, deed.before);
  place.show(deed.number);
  session.made.set(Math.max(0, session.made.get() - 1));
  const sent = session.outbox.send(async () => {
    const made = await deed.version;
    if (made === null) return;
    took(place, session, deed.number, await undoVersion(place.project, made, who));
  });
  await whilePending(session, deed.number, sent).catch((error: unknown) =>
    comeBack(place, session, deed.number, null, error),
  );
}

async function undoEarlier(place: Place, session: Session, who: string): Promise<void> {
  const { cache, project } = place;
  try {
    const last = await session.outbox.send(async () => {
      const { items } = await newestVersions(project, LOOKED_BACK);
      return items.find((each) => each.author === who && isDecision(each) && each.undone_by === null);
    });
    if (!last) {
      notify("There is nothing of yours to undo.");
      return;
    }
    const { number } = await session.outbox.send(() => undoVersion(project, last.number, who));
    const run = () => void undoVersion(project, number, who).then(() => reloadQueues(cache, project), notifyError);
    notify(`Undone: ${plural(last.changed, "row")} ${done(last.action)}.`, { title: "Do it again", run });
    await Promise.all([reloadQueues(cache, project), cache.invalidateQueries({ queryKey: projectKey(project) })]);
    const row = last.changed === 1 ? await firstChanged(project, last.number) : undefined;
    if (row !== undefined) place.show(row);
  } catch (error) {
    notifyError(error);
  }
}

const isDecision = ({ action }: Version) => action !== "import" && action !== "undo";

async function send(place: Place, session: Session, row: Row, wish: Wish, who: string, attempt: number) {
  const rows = [{ number: row.number, version: versionOf(session, row) }];
  const { action, label, kind } = wish;
  const body: Decision = { action, author: who, rows, label: action === "relabel" ? label : null, kind: kind ?? null };
  try {
    return took(place, session, row.number, await sendDecision(place.project, body));
  } catch (error) {
    // The answer to an earlier attempt may have been lost on its way.
    const lost = attempt > 0 && asProblem(error).status === CONFLICT ? await ours(place, row, wish) : null;
    if (lost === null) throw error;
    return took(place, session, row.number, lost);
  }
}

/** The version in which the row became what was wished for, if it is so now. */
async function ours({ cache, project }: Place, row: Row, wish: Wish): Promise<{ number: number } | null> {
  const now = await cache.query({ ...rowQuery(project, row.number), staleTime: 0 });
  const isSo = JSON.stringify(stateOf(now)) === JSON.stringify(outcome(row, wish));
  return isSo ? { number: now.version } : null;
}

function took(place: Place, session: Session, number: number, version: { number: number } | null): number | null {
  if (!version) return null;
  session.own.add(version.number);
  session.versions.set(number, version.number);
  patchRows(place.cache, place.project, new Map([[number, { version: version.number }]]));
  // Its history has grown.
  void place.cache.invalidateQueries({ queryKey: rowQuery(place.project, number).queryKey });
  return version.number;
}

/** Takes back what was shown of a decision that failed, and says what happened. */
async function comeBack(place: Place, session: Session, number: number, before: Row | object | null, error: unknown) {
  const problem = asProblem(error);
  if (before) show(place, number, before);
  setTrouble(session, number, problem.detail);
  notifyError(problem, { title: `Show row ${number}`, run: () => place.show(number) });
  await refreshRow(place, number).catch(() => undefined);
}

/** Shows a row as the service has it now. */
export async function refreshRow({ cache, project }: Place, number: number): Promise<void> {
  const { label, status, decision, version } = await cache.query({ ...rowQuery(project, number), staleTime: 0 });
  patchRows(cache, project, new Map([[number, { label, status, decision, version }]]));
}

function show({ cache, project }: Place, number: number, state: object): void {
  patchRows(cache, project, new Map([[number, state]]));
}
