import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { confusionQuery } from "@/api/confusion";
import { asProblem } from "@/api/problem";
import type { Schemas } from "@/api/types";
import { Bar } from "@/components/Bar";
import { Label } from "@/components/Label";
import { Query } from "@/components/Query";
import { both, equals } from "@/hooks/filters";
import { formatPercent, plural } from "@/hooks/format";
import { useProjectId } from "@/hooks/url_state";
import styles from "./Worst.module.css";
import { RowsLink } from "./RowsLink";

type Pair = Schemas["PairOut"];

const SHOWN = 3;
const NOTHING_TO_TELL = 409;

/** The classes that are most often taken for each other. */
export function WorstPairs() {
  const id = useProjectId();
  const query = useQuery(confusionQuery(id, "out_of_sample"));
  if (query.isError && asProblem(query.error).status === NOTHING_TO_TELL) return null;
  return (
    <section className="card" aria-labelledby="pairs">
      <div className={styles.title}>
        <h2 id="pairs">Classes taken for each other</h2>
        <Link className="small" to="/projects/$projectId/confusion" params={{ projectId: id }}>
          All pairs
        </Link>
      </div>
      <Query query={query} label="the pairs of classes">
        {({ pairs }) => <Pairs pairs={pairs.slice(0, SHOWN)} />}
      </Query>
    </section>
  );
}

function Pairs({ pairs }: { pairs: Pair[] }) {
  if (!pairs.length) return <p className="soft">None is taken for another.</p>;
  const most = Math.max(...pairs.map(({ rows }) => rows));
  return (
    <ol className={styles.list}>
      {pairs.map(({ labels: [one, other], rows, share }) => (
        <li key={`${one} ${other}`}>
          <RowsLink filter={confused(one, other)} order="confidence desc" className={styles.link}>
            <span className={styles.pair}>
              <Label>{one}</Label>
              <span aria-label="and">⇄</span>
              <Label>{other}</Label>
            </span>
            <span className="figures nowrap">
              {plural(rows, "row")} <span className="soft small">{formatPercent(share)} of both</span>
            </span>
            <Bar share={rows / most} />
          </RowsLink>
        </li>
      ))}
    </ol>
  );
}

/** The rows of each of two classes that are taken for the other one. */
export function confused(one: string, other: string): string {
  const taken = (label: string, prediction: string) => both(equals("label", label), equals("prediction", prediction));
  return `(${taken(one, other)}) OR (${taken(other, one)})`;
}
