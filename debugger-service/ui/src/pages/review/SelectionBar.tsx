import { formatCount, plural } from "@/hooks/format";
import type { Selection } from "./useSelection";
import styles from "./SelectionBar.module.css";

interface Props {
  selection: Selection;
  onDecide: () => void;
}

/** What is selected, and what can be done with it. */
export function SelectionBar({ selection, onDecide }: Props) {
  const { count, found, loaded, isWhole } = selection;
  return (
    <div className={styles.bar}>
      <label className={styles.all}>
        <input
          type="checkbox"
          checked={count > 0 && (isWhole || count >= loaded)}
          ref={(box) => {
            if (box) box.indeterminate = count > 0 && !isWhole && count < loaded;
          }}
          onChange={count > 0 ? selection.clear : selection.selectLoaded}
        />
        <span className="unseen">Select all rows that are loaded</span>
      </label>
      <span className="small figures" role="status">
        {count > 0 ? `${plural(count, "row")} selected` : found === undefined ? "" : plural(found, "row")}
      </span>
      {count > 0 && !isWhole && found !== undefined && found > count && (
        <button type="button" className="link small" onClick={selection.selectAll}>
          Select all {formatCount(found)} of this filter
        </button>
      )}
      {count > 0 && (
        <span className={styles.end}>
          <button type="button" className="link small" onClick={selection.clear}>
            Clear
          </button>
          <button type="button" className="compact" onClick={onDecide}>
            Decide about {plural(count, "row")} …
          </button>
        </span>
      )}
    </div>
  );
}
