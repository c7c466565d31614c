import { useQuery } from "@tanstack/react-query";
import { groupsQuery } from "@/api/issues";
import type { Issue } from "@/api/types";
import { Query } from "@/components/Query";
import { UserText } from "@/components/UserText";
import { useProjectId } from "@/hooks/url_state";
import styles from "./Worst.module.css";
import { RowsLink } from "./RowsLink";

const SHOWN = 3;

/** The kinds of texts where the model is wrong more often than elsewhere. */
export function WeakSlices() {
  const query = useQuery(groupsQuery(useProjectId(), "weak_slices"));
  return (
    <section className="card" aria-labelledby="slices">
      <h2 id="slices">Weakest slices</h2>
      <Query query={query} label="the weakest slices">
        {(slices) => <Slices slices={slices.slice(0, SHOWN)} />}
      </Query>
    </section>
  );
}

function Slices({ slices }: { slices: Issue[] }) {
  if (!slices.length) {
    return <p className="soft">In no length, word or topic is the model surely worse than elsewhere.</p>;
  }
  return (
    <ol className={styles.list}>
      {slices.map(({ rank, reason, filter }) => (
        <li key={rank}>
          <RowsLink filter={filter ?? ""} order="confidence desc">
            <UserText>{reason}</UserText>
          </RowsLink>
        </li>
      ))}
    </ol>
  );
}
