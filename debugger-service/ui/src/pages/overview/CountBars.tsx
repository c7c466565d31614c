import type { ReactNode } from "react";
import { Bar } from "@/components/Bar";
import { disarmed } from "@/components/UserText";
import { formatCount } from "@/hooks/format";
import styles from "./CountBars.module.css";
import { RowsLink } from "./RowsLink";

/** Bars, in several columns where there is room. */
export function CountBars({ wide = false, children }: { wide?: boolean; children: ReactNode }) {
  return <ul className={`${styles.bars ?? ""} ${wide ? (styles.wide ?? "") : ""}`}>{children}</ul>;
}

interface Props {
  filter: string;
  name: string;
  count: number;
  /** How many the longest bar stands for. */
  of: number;
}

/** How many rows there are of something, as a bar that leads to them. */
export function CountBar({ filter, name, count, of }: Props) {
  return (
    <li>
      <RowsLink filter={filter} className={styles.link}>
        <bdi dir="auto" className={styles.name} title={disarmed(name)}>
          {disarmed(name)}
        </bdi>
        <span className="figures">{formatCount(count)}</span>
        <Bar share={count / Math.max(1, of)} />
      </RowsLink>
    </li>
  );
}
