import type { Row } from "@/api/types";
import { newStore, type Store } from "@/hooks/store";
import { newOutbox, type Outbox } from "./outbox";
import type { State } from "./outcome";

/** A decision of this person that can be undone. */
export interface Deed {
  number: number;
  before: State;
  /** The version that it made; null where it made none. */
  version: Promise<number | null>;
}

/** What this page knows of its own decisions in a project, until it is loaded anew. */
export interface Session {
  outbox: Outbox;
  /** The last one last. */
  deeds: Deed[];
  /** In which versions the rows changed last, by what was decided here. */
  versions: Map<number, number>;
  /** Versions that were made here. */
  own: Set<number>;
  /** Rows whose decision is not saved yet, and how many of these there are. */
  pending: Map<number, number>;
  /** What went wrong with rows. */
  troubles: Store<ReadonlyMap<number, string>>;
  /** How many decisions were made here. */
  made: Store<number>;
}

const sessions = new Map<string, Session>();

/** The project's session: it outlives the page, so that what is under way goes on. */
export function sessionOf(project: string): Session {
  const known = sessions.get(project);
  if (known) return known;
  const session: Session = {
    outbox: newOutbox(),
    deeds: [],
    versions: new Map(),
    own: new Set(),
    pending: new Map(),
    troubles: newStore<ReadonlyMap<number, string>>(new Map()),
    made: newStore(0),
  };
  sessions.set(project, session);
  return session;
}

/** The version in which the row changed last, as far as is known here. */
export const versionOf = (session: Session, { number, version }: Pick<Row, "number" | "version">) =>
  Math.max(version, session.versions.get(number) ?? 0);

export function setTrouble(session: Session, number: number, text: string | null): void {
  const troubles = new Map(session.troubles.get());
  if (text === null) troubles.delete(number);
  else troubles.set(number, text);
  session.troubles.set(troubles);
}

/** Counts the row as not saved while the work goes on. */
export async function whilePending<T>({ pending }: Session, number: number, work: Promise<T>): Promise<T> {
  pending.set(number, (pending.get(number) ?? 0) + 1);
  try {
    return await work;
  } finally {
    const left = (pending.get(number) ?? 1) - 1;
    if (left) pending.set(number, left);
    else pending.delete(number);
  }
}
