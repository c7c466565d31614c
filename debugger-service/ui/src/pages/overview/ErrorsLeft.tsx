import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { budgetQuery } from "@/api/decisions";
import type { Schemas } from "@/api/types";
import { Query } from "@/components/Query";
import { formatCount, plural } from "@/hooks/format";
import { useProjectId } from "@/hooks/url_state";
import styles from "./ErrorsLeft.module.css";
import { RowsLink } from "./RowsLink";

type Budget = Schemas["BudgetOut"];

const DECIDED = "decision : *";
const WRONG = 'decision = "relabel" OR decision = "drop" OR decision = "out_of_scope"';

/** How many labels are likely still wrong, and what was decided so far. */
export function ErrorsLeft() {
  const query = useQuery(budgetQuery(useProjectId()));
  return (
    <section className="card" aria-labelledby="errors-left">
      <h2 id="errors-left">Label errors left</h2>
      <Query query={query} label="how many errors are left">
        {(budget) => <Left budget={budget} />}
      </Query>
    </section>
  );
}

function Left({ budget }: { budget: Budget }) {
  const { decided, errors, left, next } = budget;
  const [coming] = next;
  const found = errors + left.expected ? errors / (errors + left.expected) : 0;
  return (
    <>
      <p className={styles.words}>
        <Link to="/projects/$projectId/review" params={{ projectId: useProjectId() }} className={styles.big}>
          {left.expected ? (
            <>
              about <strong>{formatCount(left.expected)}</strong>
            </>
          ) : (
            <strong>hardly any</strong>
          )}
        </Link>{" "}
        <span className="soft figures">
          between {formatCount(left.low)} and {formatCount(left.high)}, in {plural(left.rows, "row")} that nobody has
          decided on
        </span>
      </p>
      <div
        className="track"
        role="img"
        aria-label={`${formatCount(errors)} of about ${formatCount(errors + left.expected)} label errors found`}
      >
        {errors > 0 && <span className="fill" style={{ width: `${found * 100}%` }} />}
      </div>
      <p className="small figures">
        <RowsLink filter={DECIDED}>{plural(decided, "row")} decided</RowsLink>,{" "}
        <RowsLink filter={WRONG}>{plural(errors, "error")} found</RowsLink>
        {coming && (
          <span className="soft">
            {" · "}the next {formatCount(coming.rows)} rows hold about {formatCount(coming.expected)}
          </span>
        )}
      </p>
    </>
  );
}
