import { formatPercent } from "@/hooks/format";
import styles from "./IntervalBar.module.css";

interface Props {
  label: string;
  /** Shares from 0 to 1. */
  value: number;
  low: number;
  high: number;
  /** The share at the right end, where 100 % would leave too little to see. */
  end?: number;
}

/** A share on a line from 0 to 100 % or less, with the interval it is likely to be in. */
export function IntervalBar({ label, value, low, high, end = 1 }: Props) {
  const words = `${label}: ${formatPercent(value, 1)}, likely between ${formatPercent(low, 1)} and ${formatPercent(high, 1)}`;
  const place = (share: number) => Math.min(100, (share / end) * 100);
  return (
    <svg className={styles.bar} viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={words}>
      <rect className={styles.track} x="0" y="2" width="100" height="2" rx="1" />
      <rect
        className={styles.interval}
        x={place(low)}
        y="1"
        width={Math.max(0.6, place(high) - place(low))}
        height="4"
      />
      <rect className={styles.value} x={Math.min(99, Math.max(0, place(value) - 0.5))} y="0" width="1" height="6" />
    </svg>
  );
}
