import { Link } from "@tanstack/react-router";
import type { Tried } from "@/api/behaviour";
import { Bar } from "@/components/Bar";
import { Label } from "@/components/Label";
import { equals } from "@/hooks/filters";
import { formatPercent } from "@/hooks/format";
import styles from "./Prediction.module.css";

interface Props {
  tried: Tried;
  project: string;
}

/** The classes that the model finds most probable. */
export function Prediction({ tried: { label, labels, confidences }, project }: Props) {
  return (
    <section className="card" aria-labelledby="prediction">
      <h2 id="prediction">Prediction</h2>
      <ol className={styles.classes}>
        {labels.map((each, place) => {
          const confidence = confidences[place] ?? 0;
          return (
            <li key={each} className={place === 0 ? styles.first : undefined}>
              <Label tone={place === 0 ? "new" : "plain"}>{each}</Label>
              <Bar share={confidence} colour={place === 0 ? undefined : "var(--line-strong)"} />
              <span className="figures">{formatPercent(confidence, 1)}</span>
            </li>
          );
        })}
      </ol>
      <p className="small">
        <Link
          to="/projects/$projectId/review"
          params={{ projectId: project }}
          search={{ filter: equals("label", label) }}
        >
          Rows of this class
        </Link>
      </p>
    </section>
  );
}
