import styles from "./Tabs.module.css";

interface Props<T extends string> {
  /** What the tabs are parts of. */
  label: string;
  tabs: readonly { id: T; title: string }[];
  selected: T;
  onSelect: (id: T) => void;
}

/** The parts of a page, of which one is shown; which one belongs into the address. */
export function Tabs<T extends string>({ label, tabs, selected, onSelect }: Props<T>) {
  return (
    <nav aria-label={label} className={styles.tabs}>
      {tabs.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          className="bare"
          aria-current={id === selected ? "page" : undefined}
          onClick={() => onSelect(id)}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}
