import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { countsQuery, kindsQuery } from "@/api/project_data";
import { FilterField } from "@/components/FilterField";
import { Menu, type MenuEntry } from "@/components/Menu";
import { Segments } from "@/components/Segments";
import { disarmed } from "@/components/UserText";
import { formatCount } from "@/hooks/format";
import { has, toggled, UNDECIDED, valueIn, withKind, withValue } from "./clauses";
import { FilterHelp } from "./FilterHelp";
import { ORDERS, orderTitle } from "./orders";
import { LeftOut } from "./LeftOut";
import type { ReviewSearch } from "./search";
import type { Review } from "./useReview";
import styles from "./Toolbar.module.css";

const ANY = "any";
const VIEWS = [
  { id: "row", title: "One row" },
  { id: "table", title: "Table" },
] as const;

/** Which rows, in which order, and how they are shown. */
export function Toolbar({ review }: { review: Review }) {
  const { search, setSearch, wanted, queue } = review;
  const [isHelping, setIsHelping] = useState(false);
  const narrow = (some: Partial<ReviewSearch>) =>
    setSearch({ filter: wanted.filter, kind: wanted.kind, order: search.order, ...some, row: undefined });
  const problem = queue.error && asProblem(queue.error);
  return (
    <div className={styles.toolbar}>
      <div className={styles.chips}>
        <KindChip review={review} narrow={narrow} />
        <FacetChip review={review} field="split" title="Split" narrow={narrow} />
        <FacetChip review={review} field="label" title="Class" narrow={narrow} />
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={has(wanted.filter, UNDECIDED)}
            onChange={() => narrow({ filter: toggled(wanted.filter, UNDECIDED) })}
          />
          Undecided only
        </label>
        <OrderChip review={review} narrow={narrow} />
        <span className={styles.end}>
          <Segments
            label="View"
            options={VIEWS}
            selected={search.view ?? "row"}
            onSelect={(view) => setSearch({ view: view === "row" ? undefined : view })}
          />
        </span>
      </div>
      <div className={styles.filter}>
        <FilterField
          value={wanted.filter}
          error={problem?.status === 422 ? problem.detail : undefined}
          onChange={(filter) => narrow({ filter })}
        />
        <button type="button" className="quiet" onClick={() => setIsHelping(true)}>
          Help
        </button>
      </div>
      <LeftOut review={review} />
      {isHelping && (
        <FilterHelp
          onClose={() => setIsHelping(false)}
          onTake={(filter) => {
            setIsHelping(false);
            narrow({ filter, kind: undefined, order: undefined });
          }}
        />
      )}
    </div>
  );
}

interface ChipProps {
  review: Review;
  narrow: (some: Partial<ReviewSearch>) => void;
}

function KindChip({ review: { project, wanted }, narrow }: ChipProps) {
  const { data } = useQuery(kindsQuery(project));
  const kinds = data?.kinds ?? [];
  const take = (kind: string | undefined) => narrow({ kind, filter: withKind(wanted.filter, kind), order: undefined });
  const entries: MenuEntry[] = [
    ...kinds.map(({ name, title, open }) => ({
      id: name,
      title,
      detail: `${formatCount(open)} open`,
      run: () => take(name),
    })),
    { id: ANY, title: "Rows with or without issues", run: () => take(undefined) },
  ];
  const chosen = kinds.find(({ name }) => name === wanted.kind);
  return (
    <Menu
      label={`Kind of issue: ${chosen?.title ?? "any"}`}
      className="quiet compact"
      entries={entries}
      selected={wanted.kind ?? ANY}
    >
      <Chip title="Issue" value={chosen?.title ?? wanted.kind ?? "any"} />
    </Menu>
  );
}

interface FacetProps extends ChipProps {
  field: "split" | "label";
  title: string;
}

function FacetChip({ review: { project, wanted }, field, title, narrow }: FacetProps) {
  const value = valueIn(wanted.filter, field);
  const { data } = useQuery(countsQuery(project, withValue(wanted.filter, field, undefined)));
  const facets = data?.facets[field] ?? [];
  const take = (next: string | null | undefined) => narrow({ filter: withValue(wanted.filter, field, next) });
  const entries: MenuEntry[] = [
    { id: ANY, title: "Any", run: () => take(undefined) },
    ...facets.map(([name, rows]) => ({
      id: idOf(name),
      title: name === null ? "none" : disarmed(name),
      detail: formatCount(rows),
      run: () => take(name),
    })),
  ];
  const shown = value === undefined ? "any" : (value ?? "none");
  return (
    <Menu
      label={`${title}: ${disarmed(shown)}`}
      className="quiet compact"
      entries={entries}
      selected={value === undefined ? ANY : idOf(value)}
    >
      <Chip title={title} value={shown} />
    </Menu>
  );
}

const idOf = (value: string | null) => `=${JSON.stringify(value)}`;

function OrderChip({ review: { project, wanted }, narrow }: ChipProps) {
  const { data } = useQuery(kindsQuery(project));
  const kind = data?.kinds.find(({ name }) => name === wanted.kind);
  const own = wanted.kind && `issue.${wanted.kind} desc`;
  const entries: MenuEntry[] = [
    ...(own
      ? [{ id: own, title: `${kind?.title ?? "Issues"}: likeliest first`, run: () => narrow({ order: own }) }]
      : []),
    ...Object.entries(ORDERS).map(([id, name]) => ({ id, title: name, run: () => narrow({ order: id }) })),
  ];
  const title = orderTitle(wanted.order);
  return (
    <Menu label={`Order: ${title}`} className="quiet compact" entries={entries} selected={wanted.order}>
      <Chip title="Order" value={title} />
    </Menu>
  );
}

function Chip({ title, value }: { title: string; value: string }) {
  return (
    <span className={styles.chip}>
      <span className="soft">{title}</span> <bdi className={styles.value}>{disarmed(value)}</bdi>
      <span aria-hidden="true" className="soft">
        ▾
      </span>
    </span>
  );
}
