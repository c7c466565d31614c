import { Dialog } from "@/components/Dialog";
import styles from "./FilterHelp.module.css";

const EXAMPLES: readonly [filter: string, meaning: string][] = [
  ["refund card", "texts with both words"],
  ['"money back"', "texts with these words side by side"],
  ['label = "card arrival" AND split = "testing"', "by values; join with AND"],
  ['label : "card"', "labels that contain it"],
  ["NOT label : *", "rows without a label"],
  ["correct = false AND confidence > 0.9", "confident mistakes"],
  ["issue.label_error > 0.8 AND NOT decision : *", "likely label errors that nobody has decided on"],
  ['decision = "relabel"', "what was relabeled"],
  ['(split = "training" OR split = "validation") AND length < 4', "brackets where AND and OR meet"],
  ["similar(17) > 0.5", "texts like row 17"],
  ['similar("where is my card") > 0.5', "texts like a sentence"],
  ["version > 3", "rows that changed after version 3"],
];

interface Props {
  onTake: (filter: string) => void;
  onClose: () => void;
}

/** What filters look like; each example can be taken. */
export function FilterHelp({ onTake, onClose }: Props) {
  return (
    <Dialog title="Filters" wide onClose={onClose}>
      <p className="soft">Words find texts; fields are compared with values. Take an example and change it.</p>
      <ul className={styles.list}>
        {EXAMPLES.map(([filter, meaning]) => (
          <li key={filter}>
            <button type="button" className={`bare ${styles.example ?? ""}`} onClick={() => onTake(filter)}>
              <code>{filter}</code>
              <span className="soft small">{meaning}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="soft small">
        Fields: number, id, text, length, split, label, given, status, decision, version, score, prediction, confidence,
        correct, served, served.confidence, served.correct, issue.‹kind›, cluster.
      </p>
    </Dialog>
  );
}
