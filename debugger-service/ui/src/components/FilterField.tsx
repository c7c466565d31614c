import { useState, type SubmitEvent } from "react";
import styles from "./FilterField.module.css";

interface Props {
  value: string;
  onChange: (filter: string) => void;
  /** What the service says against the filter. */
  error?: string;
  placeholder?: string;
}

/** The filter as text; Enter applies it. */
export function FilterField({ value, onChange, error, placeholder = 'refund AND label = "card arrival"' }: Props) {
  const [typed, setTyped] = useState({ of: value, text: value });
  const text = typed.of === value ? typed.text : value;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onChange(text.trim());
  };
  return (
    <form role="search" className={styles.form} onSubmit={submit}>
      <label className={styles.field}>
        <span className="unseen">Filter</span>
        <input
          className={`input ${styles.input ?? ""}`}
          type="search"
          value={text}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          maxLength={2000}
          aria-invalid={error !== undefined}
          aria-describedby={error ? "filter-error" : undefined}
          onChange={({ target }) => setTyped({ of: value, text: target.value })}
        />
      </label>
      <button type="submit" className="quiet">
        Filter
      </button>
      {value && (
        <button type="button" className="link" onClick={() => onChange("")}>
          Clear
        </button>
      )}
      {error && (
        <p id="filter-error" role="alert" className={`bad small ${styles.error ?? ""}`}>
          {error}
        </p>
      )}
    </form>
  );
}
