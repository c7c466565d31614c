import { disarmed } from "./UserText";
import styles from "./Label.module.css";

interface Props {
  /** Null where a row has no label. */
  children: string | null | undefined;
  /** `new` for one that is proposed or that a model says. */
  tone?: "plain" | "new" | "old" | "good" | "bad";
}

/** A class of the data. */
export function Label({ children, tone = "plain" }: Props) {
  if (children === null || children === undefined) return <span className="soft">no label</span>;
  return (
    <bdi dir="auto" title={disarmed(children)} className={`${styles.label ?? ""} ${styles[tone] ?? ""}`}>
      {disarmed(children)}
    </bdi>
  );
}
