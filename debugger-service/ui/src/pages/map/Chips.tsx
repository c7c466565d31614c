import { Label } from "@/components/Label";
import { ALIKE, isCategory } from "./filter";
import type { MapSearch } from "./search";
import styles from "./MapPage.module.css";

interface Props {
  search: MapSearch;
  onChange: (change: Partial<MapSearch>) => void;
}

/** What narrows the rows beside the typed filter, each with a button that takes it away. */
export function Chips({ search, onChange }: Props) {
  const { lasso, like, only, colour = "label" } = search;
  return (
    <>
      {lasso !== undefined && <Chip title="Inside the lasso" onClear={() => onChange({ lasso: undefined })} />}
      {like !== undefined && (
        <Chip title={`Similar to row ${like} (above ${ALIKE})`} onClear={() => onChange({ like: undefined })} />
      )}
      {only !== undefined && isCategory(colour) && (
        <Chip title={`Only ${colour}`} name={only} onClear={() => onChange({ only: undefined })} />
      )}
    </>
  );
}

function Chip({ title, name, onClear }: { title: string; name?: string; onClear: () => void }) {
  return (
    <span className={styles.chip}>
      {title}
      {name !== undefined && <Label>{name}</Label>}
      <button
        type="button"
        className="bare"
        aria-label={`Without: ${title}${name ? ` ${name}` : ""}`}
        onClick={onClear}
      >
        <span aria-hidden="true">✕</span>
      </button>
    </span>
  );
}
