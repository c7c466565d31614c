import type { Issue, Row } from "@/api/types";
import { Label } from "@/components/Label";
import { UserText } from "@/components/UserText";
import { done } from "./outcome";
import styles from "./LabelLine.module.css";

interface Props {
  row: Row;
  proposal: Issue | undefined;
  /** Whether it is known what is proposed. */
  isKnown: boolean;
}

/** The label that the row has, what is proposed in its place, and why. */
export function LabelLine({ row, proposal, isKnown }: Props) {
  const isOpen = row.decision === null;
  return (
    <div className={styles.labels}>
      <p className={styles.line}>
        <span className="soft small">Label</span>
        <Label tone={isOpen && proposal?.action === "relabel" ? "bad" : "plain"}>{row.label}</Label>
        {row.status !== "active" && row.decision !== statusAction(row.status) && (
          <span className="badge warn">{done(statusAction(row.status))}</span>
        )}
        {isOpen && proposal && <Proposed proposal={proposal} />}
        {!isOpen && <span className="badge good">✓ {done(row.decision ?? "", row.label)}</span>}
        {row.given_label !== row.label && (
          <span className="soft small">
            imported as <Label tone="old">{row.given_label}</Label>
          </span>
        )}
      </p>
      {(proposal ?? (!isKnown && hasIssues(row))) && (
        <p className={styles.reason}>{proposal && <UserText lines={3}>{proposal.reason}</UserText>}</p>
      )}
    </div>
  );
}

const hasIssues = ({ issues }: Row) => Object.keys(issues).length > 0;

const statusAction = (status: string) => (status === "dropped" ? "drop" : status);

function Proposed({ proposal: { action, label } }: { proposal: Issue }) {
  return (
    <>
      <span aria-hidden="true" className={styles.arrow}>
        →
      </span>
      <span className="soft small">proposed</span>
      {action === "relabel" ? (
        <Label tone="new">{label}</Label>
      ) : (
        <span className="badge accent">{action === "drop" ? "drop it" : "out of scope"}</span>
      )}
    </>
  );
}
