import type { ReactNode } from "react";
import styles from "./states.module.css";

interface Props {
  title: string;
  /** Why there is nothing, and what to do. */
  children?: ReactNode;
}

/** Stands where a list has nothing in it. */
export function Empty({ title, children }: Props) {
  return (
    <div className={styles.state}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
