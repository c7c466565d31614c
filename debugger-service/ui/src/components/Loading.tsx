import styles from "./states.module.css";

interface Props {
  /** What is loaded, for those who hear the page. */
  label: string;
  lines?: number;
}

/** Stands where something will be, about as high as that. */
export function Loading({ label, lines = 3 }: Props) {
  return (
    <div role="status" aria-label={`Loading ${label}`} className={styles.lines}>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="skeleton" />
      ))}
    </div>
  );
}
