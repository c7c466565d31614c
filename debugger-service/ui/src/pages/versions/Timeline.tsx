import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Version } from "@/api/types";
import { versionsQuery } from "@/api/versions";
import { Query } from "@/components/Query";
import { disarmed, UserText } from "@/components/UserText";
import { VirtualList } from "@/components/VirtualList";
import { formatAgo, formatMoment, plural } from "@/hooks/format";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import type { VersionsSearch } from "./search";
import styles from "./Timeline.module.css";
import { isVoid, told, undoing as undoingOf } from "./told";
import { UndoDialog } from "./UndoDialog";

const USUAL_HEIGHT = 92;

/** All data versions, the newest first: who did what, and a way to undo it. */
export function Timeline({ latest }: { latest: number }) {
  const query = useInfiniteQuery(versionsQuery(useProjectId()));
  const [undoing, setUndoing] = useState<Version>();
  return (
    <section className={styles.timeline} aria-label="Timeline">
      <h2 className="small soft">{plural(latest, "version")}</h2>
      <Query query={query} label="the versions" lines={8}>
        {(versions) => (
          <VirtualList
            items={versions}
            keyOf={({ number }) => number}
            label="Versions, the newest first"
            estimate={USUAL_HEIGHT}
            onEnd={() => query.hasNextPage && void query.fetchNextPage()}
          >
            {(version) => <Entry version={version} others={versions} onUndo={() => setUndoing(version)} />}
          </VirtualList>
        )}
      </Query>
      {undoing && <UndoDialog version={undoing} onClose={() => setUndoing(undefined)} others={query.data ?? []} />}
    </section>
  );
}

interface EntryProps {
  version: Version;
  others: readonly Version[];
  onUndo: () => void;
}

function Entry({ version, others, onUndo }: EntryProps) {
  const [{ view, from, to }, setSearch] = useUrlState<VersionsSearch>();
  const { number, action, author, comment, changed, undone_by, created_at } = version;
  const { words, subject } = told(version, others);
  const reversal = undoingOf(number, others);
  const isOver = isVoid(version, others);
  const isShown = view === "changes" && from !== undefined && to !== undefined && number > from && number <= to;
  return (
    <div
      className={`${styles.entry ?? ""} ${isOver ? (styles.undone ?? "") : ""} ${isShown ? (styles.shown ?? "") : ""}`}
    >
      <span className={`figures ${styles.number ?? ""}`}>
        <span className="unseen">Version </span>
        {number}
      </span>
      <p className={styles.words}>
        <strong>{words}</strong> {subject && <bdi dir="auto">{disarmed(subject)}</bdi>}
      </p>
      <p className="small soft">
        <bdi dir="auto">{disarmed(author)}</bdi> ·{" "}
        <time dateTime={created_at} title={formatMoment(created_at)}>
          {formatAgo(created_at)}
        </time>
        {" · "}
        {plural(changed, "row")}
      </p>
      {comment && (
        <p className="small">
          <UserText lines={2}>{comment}</UserText>
        </p>
      )}
      <p className={styles.actions}>
        <button
          type="button"
          className="link small"
          aria-pressed={view === "changes" && from === number - 1 && to === number}
          onClick={() => setSearch({ view: "changes", from: number - 1, to: number })}
        >
          Changes<span className="unseen"> of version {number}</span>
        </button>
        {undone_by ? (
          <span className="badge">
            undone by {undone_by}
            {!isOver && ", then redone"}
          </span>
        ) : (
          action !== "import" && (
            <button type="button" className="link small" onClick={onUndo}>
              {reversal.verb}
              <span className="unseen"> version {reversal.number}</span> …
            </button>
          )
        )}
      </p>
    </div>
  );
}
