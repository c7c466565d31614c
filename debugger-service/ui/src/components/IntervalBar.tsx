import { formatPercent } from "@/hooks/format";
import styles from "./IntervalBar.module.css";

interface Props {
  label: string;
  /** Shares from 0 to 1. */
  value: number;
  low: number;
  high: number;
}

/** A share on a line from 0 to 100 %, with the interval it is likely to be in. */
export function IntervalBar({ label, value, low, high }: Props) {
  const words = `${label}: ${formatPercent(value, 1)}, likely between ${formatPercent(low, 1)} and ${formatPercent(high, 1)}`;
  return (
    <svg className={styles.bar} viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={words}>
      <rect className={styles.track} x="0" y="2" width="100" height="2" rx="1" />
      <rect className={styles.interval} x={low * 100} y="1" width={Math.max(0.6, (high - low) * 100)} height="4" />
      <rect className={styles.value} x={Math.min(99, Math.max(0, value * 100 - 0.5))} y="0" width="1" height="6" />
    </svg>
  );
}
