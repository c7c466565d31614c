import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { issuesQuery } from "@/api/decisions";
import type { Issue } from "@/api/types";
import { Empty } from "@/components/Empty";
import { Query } from "@/components/Query";
import { UserText } from "@/components/UserText";
import type { Review } from "./useReview";
import styles from "./WideIssues.module.css";

interface Props {
  review: Review;
  kind: string;
}

/** Issues that are about more than one row each, such as two classes that are hard to tell apart: a way to the rows. */
export function WideIssues({ review, kind }: Props) {
  const query = useQuery(issuesQuery(review.project, kind));
  return (
    <Query query={query} label="the issues" lines={8}>
      {({ items }) => {
        const wide = items.filter(({ number, filter }) => number === null && filter !== null);
        return wide.length ? <List issues={wide} project={review.project} /> : <NoRows review={review} />;
      }}
    </Query>
  );
}

function List({ issues, project }: { issues: readonly Issue[]; project: string }) {
  return (
    <section className={`card ${styles.card ?? ""}`} aria-label="Issues about many rows">
      <p className="soft">Each of these is about many rows.</p>
      <ol className={styles.list}>
        {issues.map(({ rank, reason, filter, action, labels }) => (
          <li key={rank} className={styles.item}>
            <UserText>{reason}</UserText>
            <span className={styles.ways}>
              <Link to="/projects/$projectId/review" params={{ projectId: project }} search={{ filter: filter ?? "" }}>
                Its rows
              </Link>
              {(action === "merge" || action === "split") && (
                <Link
                  to="/projects/$projectId/confusion"
                  params={{ projectId: project }}
                  search={{ label: labels[0], prediction: labels[1] }}
                >
                  Both classes side by side
                </Link>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function NoRows({ review: { setSearch } }: { review: Review }) {
  return (
    <Empty title="No row is like this">
      <p className="soft">Loosen the filter, or take another kind of issue.</p>
      <button
        type="button"
        className="quiet"
        onClick={() => setSearch({ filter: "", kind: undefined, order: undefined, row: undefined })}
      >
        Show all rows
      </button>
    </Empty>
  );
}
