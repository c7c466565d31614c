import type { ReactNode } from "react";
import styles from "./Figure.module.css";

interface Props {
  title: string;
  value: ReactNode;
  /** What it means or how sure it is, such as an interval. */
  detail?: ReactNode;
}

/** One number that matters, with its name. */
export function Figure({ title, value, detail }: Props) {
  return (
    <div className={styles.figure}>
      <p className="soft small">{title}</p>
      <p className={`figures ${styles.value ?? ""}`}>{value}</p>
      {detail && <div className="soft small">{detail}</div>}
    </div>
  );
}
