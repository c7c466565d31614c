import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { BehaviourTestDetail } from "@/api/behaviour";
import { Label } from "@/components/Label";
import { disarmed, UserText } from "@/components/UserText";
import { formatCount, formatPercent } from "@/hooks/format";
import { useProjectId } from "@/hooks/url_state";
import styles from "./Flips.module.css";

const SHOWN = 10;

/** The flips of which the model was surest, before and after. */
export function Flips({ flips }: { flips: BehaviourTestDetail["flips"] }) {
  const project = useProjectId();
  const [isWhole, setIsWhole] = useState(false);
  return (
    <section className="card" aria-labelledby="flips">
      <h2 id="flips">The worst flips</h2>
      {flips.length === 0 && <p className="soft">None.</p>}
      <ol className={styles.flips}>
        {flips.slice(0, isWhole ? undefined : SHOWN).map((flip) => (
          <li key={`${flip.number} ${flip.perturbation} ${flip.variant}`}>
            <Link
              to="/projects/$projectId/review"
              params={{ projectId: project }}
              search={{ filter: `number = ${flip.number}`, row: flip.number }}
              className={styles.row}
            >
              <UserText lines={2}>{flip.text}</UserText>
            </Link>
            <UserText lines={2}>{flip.variant}</UserText>
            <p className="small soft">
              <bdi>{disarmed(flip.change)}</bdi>
            </p>
            <p className={`small ${styles.answers ?? ""}`}>
              <Label>{flip.before}</Label>
              <span className="figures soft">{formatPercent(flip.confidence_before)}</span>
              <span aria-label="flips to">→</span>
              <Label tone="bad">{flip.after}</Label>
              <span className="figures soft">{formatPercent(flip.confidence_after)}</span>
            </p>
          </li>
        ))}
      </ol>
      {flips.length > SHOWN && (
        <button type="button" className="link small" onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show all ${formatCount(flips.length)}`}
        </button>
      )}
    </section>
  );
}
