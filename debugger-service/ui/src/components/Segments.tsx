import { useId } from "react";
import styles from "./Segments.module.css";

interface Props<T extends string> {
  label: string;
  options: readonly { id: T; title: string; hint?: string }[];
  selected: T;
  onSelect: (id: T) => void;
}

/** A choice among few, all in sight. */
export function Segments<T extends string>({ label, options, selected, onSelect }: Props<T>) {
  const name = useId();
  return (
    <fieldset className={styles.segments}>
      <legend className="unseen">{label}</legend>
      {options.map(({ id, title, hint }) => (
        <label key={id} title={hint} className={styles.segment}>
          <input type="radio" name={name} checked={id === selected} onChange={() => onSelect(id)} />
          {title}
        </label>
      ))}
    </fieldset>
  );
}
