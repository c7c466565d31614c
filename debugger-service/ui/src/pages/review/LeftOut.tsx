import { useQuery } from "@tanstack/react-query";
import { countsQuery } from "@/api/project_data";
import { both } from "@/hooks/filters";
import { plural } from "@/hooks/format";
import { clausesOf } from "./clauses";
import { lackedBy, neededBy } from "./orders";
import styles from "./Toolbar.module.css";
import type { Review } from "./useReview";

/** Says how many rows the order leaves out, as they lack what it goes by, and has them shown. */
export function LeftOut({ review: { project, wanted, setSearch } }: { review: Review }) {
  const { filter, order } = wanted;
  const needed = neededBy(order);
  const mayHide = needed !== "" && !clausesOf(filter).includes(needed);
  const all = useQuery({ ...countsQuery(project, filter), enabled: mayHide });
  const listed = useQuery({ ...countsQuery(project, both(filter, needed)), enabled: mayHide });
  if (!mayHide || all.isPlaceholderData || listed.isPlaceholderData || !all.data || !listed.data) return null;
  const hidden = all.data.rows - listed.data.rows;
  if (hidden <= 0) return null;
  return (
    <p className={`soft small ${styles.leftOut ?? ""}`} role="status">
      {plural(hidden, "row")} without {lackedBy(order)} {hidden === 1 ? "is" : "are"} not in this order.{" "}
      <button type="button" className="link" onClick={() => setSearch({ order: "number", row: undefined })}>
        Show all in the order of the file
      </button>
    </p>
  );
}
