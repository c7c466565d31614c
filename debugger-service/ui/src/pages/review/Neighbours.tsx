import { Link } from "@tanstack/react-router";
import type { Row, Schemas } from "@/api/types";
import { Label } from "@/components/Label";
import { UserText } from "@/components/UserText";
import type { ReviewSearch } from "./search";
import styles from "./Neighbours.module.css";

interface Props {
  project: string;
  /** Where the person is. */
  search: ReviewSearch;
  row: Row;
  near: readonly Schemas["NeighbourOut"][];
  proposed: string | null | undefined;
}

/** The rows that are most like this one: do they speak for its label or for the proposed one? */
export function Neighbours({ project, search, row, near, proposed }: Props) {
  if (!near.length) return null;
  return (
    <section className={`card ${styles.card ?? ""}`}>
      <h2 className={styles.title}>
        Nearest rows
        <Link
          className="small"
          to="/projects/$projectId/review"
          params={{ projectId: project }}
          search={{ filter: `similar(${row.number}) > 0.5`, order: `similar(${row.number}) desc`, view: "table" }}
        >
          all similar ones
        </Link>
      </h2>
      <ol className={styles.list}>
        {near.map(({ similarity, row: other }) => (
          <li key={other.number} className={styles.item}>
            <Link
              className={styles.text}
              to="/projects/$projectId/review"
              params={{ projectId: project }}
              search={{ ...search, row: other.number }}
            >
              <UserText lines={1}>{other.text.trim()}</UserText>
            </Link>
            <span className={`figures small soft ${styles.similarity ?? ""}`} title="Cosine of the embeddings">
              <span className="unseen">Similarity </span>
              {similarity.toFixed(2)}
            </span>
            <Stand label={other.label} own={row.label} proposed={proposed} />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface StandProps {
  label: string | null;
  own: string | null;
  proposed: string | null | undefined;
}

function Stand({ label, own, proposed }: StandProps) {
  const [tone, sign, words] = standOf(label, own, proposed);
  return (
    <span className={styles.stand}>
      <Label tone={tone}>{label}</Label>
      <span className="small soft">
        <span aria-hidden="true">{sign}</span> {words}
      </span>
    </span>
  );
}

function standOf(label: string | null, own: string | null, proposed: string | null | undefined) {
  if (label !== null && label === own) return ["bad", "=", "as this row"] as const;
  if (label !== null && label === proposed) return ["new", "→", "as proposed"] as const;
  return ["plain", "≠", "another"] as const;
}
