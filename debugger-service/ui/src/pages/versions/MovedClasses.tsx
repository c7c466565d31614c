import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Proof } from "@/api/proofs";
import { Label } from "@/components/Label";
import { equals } from "@/hooks/filters";
import { formatCount, formatPercent, plural } from "@/hooks/format";
import { useProjectId } from "@/hooks/url_state";
import styles from "./MovedClasses.module.css";
import { signedPoints } from "./proving";

const SHOWN = 8;

/** The classes on which the two models differ most. */
export function MovedClasses({ proof: { classes } }: { proof: Proof }) {
  const project = useProjectId();
  const [isWhole, setIsWhole] = useState(false);
  if (!classes.length) return null;
  return (
    <section className="card" aria-labelledby="moved">
      <h2 id="moved">Classes that moved most</h2>
      <ul className={styles.classes}>
        {classes.slice(0, isWhole ? undefined : SHOWN).map(({ label, rows, accuracy_before, accuracy_after }) => {
          const change = accuracy_after - accuracy_before;
          const [low, high] = [Math.min(accuracy_before, accuracy_after), Math.max(accuracy_before, accuracy_after)];
          return (
            <li key={label} className={change < 0 ? styles.lost : undefined}>
              <Link
                to="/projects/$projectId/review"
                params={{ projectId: project }}
                search={{ filter: equals("label", label) }}
                className={styles.label}
              >
                <Label>{label}</Label>
              </Link>
              <span className={styles.track} aria-hidden="true">
                <span className={styles.line} style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
                <span className={styles.before} style={{ left: `${accuracy_before * 100}%` }} />
                <span className={styles.after} style={{ left: `${accuracy_after * 100}%` }} />
              </span>
              <span className="figures small">
                {formatPercent(accuracy_before)} → <strong>{formatPercent(accuracy_after)}</strong>
              </span>
              <span className={`figures small ${change < 0 ? "bad" : change > 0 ? "good" : "soft"}`}>
                {change < 0 ? "▼" : change > 0 ? "▲" : ""} {signedPoints(change)}
              </span>
              <span className="figures small soft">{plural(rows, "row")}</span>
            </li>
          );
        })}
      </ul>
      {classes.length > SHOWN && (
        <button type="button" className="link small" onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show all ${formatCount(classes.length)}`}
        </button>
      )}
    </section>
  );
}
