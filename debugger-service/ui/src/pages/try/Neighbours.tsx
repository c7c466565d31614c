import { Link } from "@tanstack/react-router";
import type { Tried } from "@/api/behaviour";
import { Label } from "@/components/Label";
import { UserText } from "@/components/UserText";
import styles from "./Neighbours.module.css";

interface Props {
  tried: Tried;
  project: string;
}

/** The rows that are most like the sentence. */
export function Neighbours({ tried: { label, neighbours, note }, project }: Props) {
  return (
    <section className="card" aria-labelledby="neighbours">
      <h2 id="neighbours">Rows like it</h2>
      {neighbours.length === 0 && <p className="soft">{note ?? "No row is like it."}</p>}
      <ol className={styles.rows}>
        {neighbours.map(({ similarity, row }) => (
          <li key={row.number}>
            <Link
              to="/projects/$projectId/review"
              params={{ projectId: project }}
              search={{ filter: `number = ${row.number}`, row: row.number }}
              className={styles.text}
            >
              <UserText lines={2}>{row.text}</UserText>
            </Link>
            <span className={styles.of}>
              <Label tone={row.label === label ? "new" : "plain"}>{row.label}</Label>
              {row.label !== label && <span className="small soft">another class</span>}
            </span>
            <span className="figures soft" title="Cosine of the embeddings">
              <span className="unseen">Similarity </span>
              {similarity.toFixed(2)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
