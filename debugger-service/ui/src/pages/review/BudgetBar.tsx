import { useQuery } from "@tanstack/react-query";
import { budgetQuery } from "@/api/decisions";
import type { Schemas } from "@/api/types";
import { formatCount, plural } from "@/hooks/format";
import { useStore } from "@/hooks/store";
import styles from "./BudgetBar.module.css";
import { sessionOf } from "./session";

const NEXT = 100;
/** Takes as much room as what is not known yet. */
const USUAL: Schemas["BudgetOut"] = {
  decided: 100,
  errors: 100,
  left: { rows: 10_000, expected: 100, low: 100, high: 100 },
  next: [{ rows: NEXT, expected: 100, low: 100, high: 100 }],
};

/** Decisions made, errors found, and what is likely left. */
export function BudgetBar({ project }: { project: string }) {
  const { data } = useQuery(budgetQuery(project));
  const { outbox, made } = sessionOf(project);
  const waiting = useStore(outbox.waiting);
  const isStuck = useStore(outbox.isStuck);
  const mine = useStore(made);
  return (
    <section aria-label="How far the review is" className={styles.bar}>
      {data ? (
        <Found budget={data} />
      ) : (
        <div className={styles.unknown} aria-hidden="true">
          <Found budget={USUAL} />
        </div>
      )}
      <p className={`small figures ${styles.own ?? ""}`}>
        {mine > 0 && <span title="Since this page was loaded">{formatCount(mine)} by you now</span>}
        {waiting > 0 && <span className="badge warn">saving {formatCount(waiting)} …</span>}
        {isStuck && <span role="status">The service does not answer; it is asked again by itself.</span>}
      </p>
    </section>
  );
}

function Found({ budget: { decided, errors, left, next } }: { budget: Schemas["BudgetOut"] }) {
  const expected = Math.max(1, errors + left.expected);
  const coming = next.find(({ rows }) => rows === NEXT) ?? next.at(-1);
  return (
    <>
      <p className={`figures ${styles.found ?? ""}`}>
        <strong>{plural(decided, "row")}</strong> decided, <strong>{plural(errors, "label error")}</strong> found
      </p>
      <div
        className={styles.track}
        role="img"
        aria-label={`${formatCount(errors)} of about ${whole(expected)} label errors found`}
      >
        <span className={styles.done} style={{ width: `${(100 * errors) / expected}%` }} />
      </div>
      <p className="small figures">
        about <strong>{whole(left.expected)}</strong> left, between {whole(left.low)} and {whole(left.high)}
        {coming && (
          <span className="soft" title={`Between ${whole(coming.low)} and ${whole(coming.high)}`}>
            {" "}
            · the next {formatCount(coming.rows)} rows hold about {whole(coming.expected)}
          </span>
        )}
      </p>
    </>
  );
}

const whole = (value: number) => formatCount(Math.round(value));
