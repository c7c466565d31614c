import { useQuery } from "@tanstack/react-query";
import { countsQuery } from "@/api/project_data";
import { FilterField } from "@/components/FilterField";
import { disarmed } from "@/components/UserText";
import type { ConfusionSearch } from "./search";
import styles from "./ConfusionPage.module.css";

interface Props {
  project: string;
  search: ConfusionSearch;
  error?: string;
  onChange: (change: Partial<ConfusionSearch>) => void;
}

/** Whose predictions, of which rows, and how they are shown. */
export function ConfusionBar({ project, search, error, onChange }: Props) {
  const { data } = useQuery(countsQuery(project));
  const splits = data?.facets.split?.flatMap(([name]) => (typeof name === "string" ? [name] : [])) ?? [];
  const names = [...new Set([...splits, ...(search.split ? [search.split] : [])])];
  return (
    <div className={styles.bar}>
      <label className={styles.choice} title="Out of sample: by models that have not seen the row">
        Predictions
        <select
          className="input"
          value={search.source ?? "out_of_sample"}
          onChange={({ target }) => onChange({ source: target.value === "served" ? "served" : undefined })}
        >
          <option value="out_of_sample">out of sample</option>
          <option value="served">model in use</option>
        </select>
      </label>
      <label className={styles.choice}>
        Split
        <select
          className="input"
          value={search.split ?? ""}
          disabled={names.length === 0}
          onChange={({ target }) => onChange({ split: target.value || undefined })}
        >
          <option value="">all</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {disarmed(name)}
            </option>
          ))}
        </select>
      </label>
      <div className={styles.filter}>
        <FilterField
          value={search.filter ?? ""}
          onChange={(filter) => onChange({ filter: filter || undefined })}
          error={error}
        />
      </div>
      <div role="group" aria-label="Shown as" className={styles.views}>
        {(["matrix", "table"] as const).map((view) => (
          <button
            key={view}
            type="button"
            className="quiet"
            aria-pressed={(search.view ?? "matrix") === view}
            onClick={() => onChange({ view: view === "matrix" ? undefined : view })}
          >
            {view === "matrix" ? "Matrix" : "Table"}
          </button>
        ))}
      </div>
    </div>
  );
}
