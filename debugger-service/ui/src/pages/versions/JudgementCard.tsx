import type { Judgement } from "@/api/proofs";
import { plural } from "@/hooks/format";
import { BeforeAfter } from "./BeforeAfter";
import styles from "./JudgementCard.module.css";
import { WinsLosses } from "./WinsLosses";

interface Props {
  title: string;
  id: string;
  judgement: Judgement;
  from: number;
  to: number;
  /** The share at the left end of what is drawn. */
  start: number;
}

/** Both models by one set of labels. */
export function JudgementCard({ title, id, judgement, from, to, start }: Props) {
  const { rows, accuracy_before, accuracy_after, accuracy_difference } = judgement;
  const { macro_f1_before, macro_f1_after, macro_f1_difference } = judgement;
  const shared = { from, to, start };
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        {title} <span className="small soft">{plural(rows, "row")}</span>
      </h2>
      <BeforeAfter
        title="Right answers"
        before={accuracy_before}
        after={accuracy_after}
        difference={accuracy_difference.interval}
        {...shared}
      />
      <BeforeAfter
        title="Macro F1"
        before={macro_f1_before}
        after={macro_f1_after}
        difference={macro_f1_difference.interval}
        {...shared}
      />
      <WinsLosses judgement={judgement} />
    </section>
  );
}
