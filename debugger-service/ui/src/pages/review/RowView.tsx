import { useEffect, useRef } from "react";
import type { Issue, Row, RowDetail } from "@/api/types";
import { useStore } from "@/hooks/store";
import { formatCount } from "@/hooks/format";
import { Label } from "@/components/Label";
import { Loading } from "@/components/Loading";
import { disarmed } from "@/components/UserText";
import { Failure } from "@/components/Failure";
import { Actions, Steps } from "./Actions";
import { History, Talk } from "./Talk";
import { Issues } from "./Issues";
import { LabelLine } from "./LabelLine";
import { MarkedText } from "./MarkedText";
import { Neighbours } from "./Neighbours";
import { Predictions } from "./Predictions";
import type { Doing } from "./keys";
import { done, proposalOf } from "./outcome";
import { sessionOf, setTrouble } from "./session";
import type { Review } from "./useReview";
import styles from "./RowView.module.css";

const SPOKEN = 300;

interface Props {
  review: Review;
  row: Row;
  doing: Doing;
}

/** One row with all that helps to decide about it. */
export function RowView({ review, row, doing }: Props) {
  const { detail, project, wanted } = review;
  const known = detail.data?.number === row.number && !detail.isPlaceholderData ? detail.data : undefined;
  const proposal = known && proposalOf(known.found, wanted.kind);
  const article = useRef<HTMLElement>(null);
  useEffect(() => {
    article.current?.scrollTo(0, 0);
  }, [row.number]);
  return (
    <div className={styles.view}>
      <p className="unseen" aria-live="polite">
        {spoken(row, proposal)}
      </p>
      <article ref={article} className={`card ${styles.row ?? ""}`} aria-label={`Row ${row.number}`}>
        <div className={styles.heading}>
          <Where review={review} row={row} />
          <Steps doing={doing} />
        </div>
        <Trouble project={project} number={row.number} />
        <MarkedText project={project} row={row} />
        <LabelLine row={row} proposal={proposal} isKnown={known !== undefined} />
        <Actions doing={doing} proposal={proposal} isKnown={known !== undefined} />
        <div className={styles.more}>
          {known ? (
            <>
              <Issues project={project} found={known.found} first={proposal} />
              <Talk project={project} number={row.number} comments={known.comments} />
              <History history={known.history} />
            </>
          ) : (
            <NotKnown detail={detail} />
          )}
        </div>
      </article>
      <aside className={styles.aside} aria-label="Evidence">
        <Predictions row={row} proposed={proposal?.label} />
        {known && (
          <Neighbours
            project={project}
            search={review.search}
            row={row}
            near={known.neighbours}
            proposed={proposal?.label}
          />
        )}
        {known && <Fields fields={known.fields} />}
      </aside>
    </div>
  );
}

/** What those who hear the page are told when another row comes. */
function spoken(row: Row, proposal: Issue | undefined): string {
  const label = row.label === null ? "no label" : `label ${disarmed(row.label)}`;
  const proposed = proposal ? `, proposed ${disarmed(proposal.label ?? done(proposal.action ?? ""))}` : "";
  return `${disarmed(row.text.slice(0, SPOKEN))}: ${label}${proposed}`;
}

function Where({ review: { index, queue }, row }: { review: Review; row: Row }) {
  const all = Math.max(queue.size ?? 0, queue.rows.length);
  return (
    <p className={`soft small figures ${styles.where ?? ""}`}>
      {index >= 0 ? (
        <span>
          <strong>{formatCount(index + 1)}</strong> of {formatCount(all)}
        </span>
      ) : (
        <span>not in this list</span>
      )}
      <span>row {formatCount(row.number)}</span>
      {row.id && <bdi dir="auto">id {row.id}</bdi>}
      {row.split && <bdi dir="auto">{row.split}</bdi>}
    </p>
  );
}

/** Why a decision about the row was taken back. */
function Trouble({ project, number }: { project: string; number: number }) {
  const session = sessionOf(project);
  const text = useStore(session.troubles).get(number);
  if (text === undefined) return null;
  return (
    <div className="banner bad" role="alert">
      <span>
        <strong>Your decision was not saved.</strong> {text}
      </span>
      <button type="button" className="link" onClick={() => setTrouble(session, number, null)}>
        Dismiss
      </button>
    </div>
  );
}

function NotKnown({ detail }: { detail: Review["detail"] }) {
  if (detail.isError) {
    return <Failure error={detail.error} title="Its evidence is missing" onRetry={() => void detail.refetch()} />;
  }
  return <Loading label="what is known of the row" lines={4} />;
}

/** What else the file said. */
function Fields({ fields }: { fields: RowDetail["fields"] }) {
  const entries = Object.entries(fields);
  if (!entries.length) return null;
  return (
    <details className="card">
      <summary>Other fields</summary>
      <dl className={styles.fields}>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt className="soft">
              <bdi dir="auto">{name}</bdi>
            </dt>
            <dd>
              <Label>{typeof value === "string" ? value : JSON.stringify(value)}</Label>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
