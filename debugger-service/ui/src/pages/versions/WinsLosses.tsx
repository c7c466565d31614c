import type { Judgement } from "@/api/proofs";
import { formatCount, plural } from "@/hooks/format";
import { chance } from "./proving";
import styles from "./WinsLosses.module.css";

/** McNemar's table as a picture: rows that only one of the two models has right. */
export function WinsLosses({ judgement: { table, mcnemar } }: { judgement: Judgement }) {
  const { only_before: lost, only_after: won, both, neither } = table;
  const most = Math.max(lost, won, 1);
  return (
    <div className={styles.picture}>
      <p className="small">Rows that only one of the models has right</p>
      <div className={styles.bars}>
        <span className={styles.words}>
          <span className="figures bad">{formatCount(lost)}</span> lost
        </span>
        <span className={styles.left} aria-hidden="true">
          <span style={{ width: `${(lost / most) * 100}%` }} />
        </span>
        <span className={styles.right} aria-hidden="true">
          <span style={{ width: `${(won / most) * 100}%` }} />
        </span>
        <span className={styles.words}>
          <span className="figures good">{formatCount(won)}</span> won
        </span>
      </div>
      <p className="small soft">
        Both are right on {plural(both, "row")}, neither on {formatCount(neither)}.{" "}
        {lost + won > 0
          ? `Were both equally good, chance would do as much ${chance(mcnemar.exact)} (McNemar’s test).`
          : "They never differ."}
      </p>
    </div>
  );
}
