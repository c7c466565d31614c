import type { Proof } from "@/api/proofs";
import { formatPercent } from "@/hooks/format";
import { headline, signedPoints } from "./proving";
import styles from "./VerdictCard.module.css";

const SIGNS = {
  after: { sign: "▲", tone: "good", words: "Better" },
  before: { sign: "▼", tone: "bad", words: "Worse" },
  undecided: { sign: "≈", tone: "soft", words: "Not shown" },
} as const;

/** The result in one look: better, worse or neither, and by how much. */
export function VerdictCard({ proof: { verdict, summary, comparison } }: { proof: Proof }) {
  const { sign, tone, words } = SIGNS[verdict ?? "undecided"];
  const [first, rest] = headline(summary ?? "");
  const judged = comparison?.cleaned ?? comparison?.given;
  return (
    <section className={`card ${styles.card ?? ""} ${styles[tone] ?? ""}`} aria-label="Verdict">
      <p className={styles.sign}>
        <span aria-hidden="true">{sign}</span>
        <span>{words}</span>
      </p>
      <div>
        <h2>{first}</h2>
        {rest && (
          <details>
            <summary className="small soft">In words</summary>
            <p className="small">{rest}</p>
          </details>
        )}
      </div>
      {judged && (
        <p className={styles.figures}>
          <span className="small soft">right answers</span>
          <span className="figures">
            {formatPercent(judged.accuracy_before.value, 1)} →{" "}
            <strong>{formatPercent(judged.accuracy_after.value, 1)}</strong>
          </span>
          <span className={`small figures ${tone}`}>
            {signedPoints(judged.accuracy_difference.interval.value)} points
          </span>
        </p>
      )}
    </section>
  );
}
