import type { Proof } from "@/api/proofs";
import { disarmed } from "@/components/UserText";
import { formatCount, formatMoment, plural } from "@/hooks/format";
import styles from "./ProofDetails.module.css";

const HOLDOUTS = {
  split: "the rows for testing that the older version has",
  hash: "a fifth of the rows, as there are none for testing",
};

/** How the proof was made, for those who want to make sure. */
export function ProofDetails({ proof }: { proof: Proof }) {
  const { before, after, test_rows, holdout, encoder, seed, author, created_at } = proof;
  return (
    <details className={`card ${styles.details ?? ""}`}>
      <summary>How it was made</summary>
      <p className="small">
        Both models were asked about {plural(test_rows, "row")}
        {holdout && `: ${HOLDOUTS[holdout]}`}. Neither was trained on them.{" "}
        {encoder ? `Trained with the encoder ${encoder}` : "Trained on words and letters"}, seed {seed}. Begun{" "}
        {author && (
          <>
            by <bdi dir="auto">{disarmed(author)}</bdi>,{" "}
          </>
        )}
        {formatMoment(created_at)}.
      </p>
      <table className="small">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Model</th>
            <th scope="col">Rows trained on</th>
            <th scope="col">Out of scope</th>
            <th scope="col">Left out</th>
            <th scope="col">Rejected</th>
            <th scope="col">Seconds</th>
            <th scope="col">Unanswered</th>
          </tr>
        </thead>
        <tbody className="figures">
          {[before, after].map(
            (model) =>
              model && (
                <tr key={model.version}>
                  <th scope="row">{model.version}</th>
                  <td>
                    <code>{model.model}</code>
                  </td>
                  <td>{formatCount(model.training_rows)}</td>
                  <td>{formatCount(model.out_of_scope_rows)}</td>
                  <td title="As a row held back has the same text">{formatCount(model.left_out)}</td>
                  <td title={model.first_rejection ?? undefined}>{formatCount(model.rejected_rows ?? 0)}</td>
                  <td>{model.seconds?.toFixed(0)}</td>
                  <td>{formatCount(model.unanswered ?? 0)}</td>
                </tr>
              ),
          )}
        </tbody>
      </table>
    </details>
  );
}
