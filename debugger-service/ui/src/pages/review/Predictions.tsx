import type { Row, Schemas } from "@/api/types";
import { Bar } from "@/components/Bar";
import { Label } from "@/components/Label";
import { formatPercent } from "@/hooks/format";
import styles from "./Predictions.module.css";

const SHOWN = 5;

interface Props {
  row: Row;
  proposed: string | null | undefined;
}

/** What models take the row for. */
export function Predictions({ row, proposed }: Props) {
  if (!row.out_of_sample && !row.served) return null;
  return (
    <section className={`card ${styles.predictions ?? ""}`}>
      {row.out_of_sample && (
        <Prediction
          title="Predicted"
          detail="by models that have not seen the row"
          prediction={row.out_of_sample}
          label={row.label}
          proposed={proposed}
        />
      )}
      {row.served && (
        <Prediction
          title="The model in use"
          detail="says"
          prediction={row.served}
          label={row.label}
          proposed={proposed}
        />
      )}
    </section>
  );
}

interface PredictionProps {
  title: string;
  detail: string;
  prediction: Schemas["PredictionOut"];
  label: string | null;
  proposed: string | null | undefined;
}

function Prediction({ title, detail, prediction: { labels, confidences }, label, proposed }: PredictionProps) {
  return (
    <div>
      <h2 className={styles.title}>
        {title} <span className="soft small">{detail}</span>
      </h2>
      <ol className={styles.list}>
        {labels.slice(0, SHOWN).map((each, place) => {
          const share = confidences[place] ?? 0;
          return (
            <li key={each} className={styles.item}>
              <span className={styles.name}>
                <Label tone={each === label ? "bad" : each === proposed ? "new" : "plain"}>{each}</Label>
                {each === label && <span className="soft small">its label</span>}
              </span>
              <Bar share={share} colour={place === 0 ? undefined : "var(--line-strong)"} />
              <span className={`figures small ${styles.share ?? ""}`}>{formatPercent(share, 1)}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
