import type { VersionEvent } from "@/api/version_events";
import { disarmed } from "@/components/UserText";
import { plural } from "@/hooks/format";

const VERBS: Readonly<Record<string, string>> = {
  relabel: "relabeled",
  accept: "followed the proposals for",
  keep: "kept",
  drop: "dropped",
  out_of_scope: "took out of scope",
  merge: "merged classes of",
  rename: "renamed the class of",
  undo: "undid a decision about",
  import: "imported",
};

export interface Told {
  text: string;
  /** One of the rows. */
  row: number | undefined;
}

/** What others have done, in a sentence for each person and kind of action: `Mai relabeled 3 rows.` */
export function told(events: readonly VersionEvent[]): Told[] {
  const groups = new Map<string, VersionEvent[]>();
  for (const event of events) {
    const key = JSON.stringify([event.author, event.action]);
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups.values()].map(sentence);
}

function sentence(events: readonly VersionEvent[]): Told {
  const rows = new Set(events.flatMap((event) => event.rows));
  const isWhole = events.every((event) => event.changed <= event.rows.length);
  const count = isWhole ? rows.size : Math.max(rows.size, ...events.map(({ changed }) => changed));
  const [row] = rows;
  const [first] = events;
  const verb = VERBS[first?.action ?? ""] ?? `did “${first?.action ?? ""}” with`;
  const what = count === 1 && row !== undefined ? `row ${row}` : plural(count, "row");
  const labels = new Set(events.map(({ request }) => request.label));
  const [label] = labels;
  const as = labels.size === 1 && typeof label === "string" ? ` as “${disarmed(label)}”` : "";
  return { text: `${disarmed(first?.author ?? "")} ${verb} ${what}${as}.`, row };
}
