import styles from "./Progress.module.css";

interface Props {
  /** From 0 to 1; null while it cannot be told. */
  value: number | null;
  label: string;
}

/** How far something is. */
export function Progress({ value, label }: Props) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === null ? undefined : Math.round(value * 100)}
      className={`track ${value === null ? (styles.unknown ?? "") : ""}`}
    >
      <span className={`fill ${styles.fill ?? ""}`} style={{ width: value === null ? "35%" : `${value * 100}%` }} />
    </div>
  );
}
