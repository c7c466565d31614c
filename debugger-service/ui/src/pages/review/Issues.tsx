import { useQuery } from "@tanstack/react-query";
import { kindsQuery } from "@/api/project_data";
import type { Issue } from "@/api/types";
import { UserText } from "@/components/UserText";
import { formatPercent } from "@/hooks/format";
import styles from "./Issues.module.css";

interface Props {
  project: string;
  found: readonly Issue[];
  /** The one whose reason is told already. */
  first: Issue | undefined;
}

/** All that is likely wrong with the row. */
export function Issues({ project, found, first }: Props) {
  const { data } = useQuery(kindsQuery(project));
  if (!found.length) return <p className="soft small">Nothing was found wrong with this row.</p>;
  return (
    <section>
      <h2 className={styles.title}>Its issues</h2>
      <ul className={styles.list}>
        {found.map((issue) => (
          <li key={`${issue.kind} ${issue.rank}`}>
            <strong>{data?.kinds.find(({ name }) => name === issue.kind)?.title ?? issue.kind}</strong>{" "}
            <span className="soft small figures">
              score {formatPercent(issue.score)}, rank {issue.rank}
            </span>
            {issue !== first && <UserText className={styles.reason}>{issue.reason}</UserText>}
          </li>
        ))}
      </ul>
    </section>
  );
}
