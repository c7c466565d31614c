import type { Measured } from "@/api/types";
import { formatPercent } from "@/hooks/format";
import styles from "./BeforeAfter.module.css";
import { signedPoints } from "./proving";

interface Props {
  title: string;
  before: Measured;
  after: Measured;
  difference: Measured;
  from: number;
  to: number;
  /** The share at the left end. */
  start: number;
}

/** A figure of both models on one line, each with the interval it is likely in. */
export function BeforeAfter({ title, before, after, difference, from, to, start }: Props) {
  const place = (share: number) => `${(Math.max(0, share - start) / (1 - start)) * 100}%`;
  const ticks = ticksFrom(start);
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <span className="small">{title}</span>
        <span className="small figures">
          <strong>{signedPoints(difference.value)}</strong> points{" "}
          <span className="soft">
            (likely {signedPoints(difference.low)} to {signedPoints(difference.high)})
          </span>
        </span>
      </figcaption>
      <div className={styles.lanes}>
        {[
          { measured: before, words: `version ${from}`, tone: styles.before },
          { measured: after, words: `version ${to}`, tone: styles.after },
        ].map(({ measured: { value, low, high }, words, tone }) => (
          <div key={words} className={`${styles.lane ?? ""} ${tone ?? ""}`}>
            <span className="small soft">{words}</span>
            <span className={styles.track} aria-hidden="true">
              {ticks.map((tick) => (
                <span key={tick} className={styles.tick} style={{ left: place(tick) }} />
              ))}
              <span
                className={styles.interval}
                style={{ left: place(low), width: `${((high - Math.max(low, start)) / (1 - start)) * 100}%` }}
              />
              <span className={styles.dot} style={{ left: place(value) }} />
            </span>
            <span className="figures" title={`Likely ${formatPercent(low, 1)} to ${formatPercent(high, 1)}`}>
              {formatPercent(value, 1)}
              <span className="unseen">
                , likely {formatPercent(low, 1)} to {formatPercent(high, 1)}
              </span>
            </span>
          </div>
        ))}
        <div className={styles.lane} aria-hidden="true">
          <span />
          <span className={`${styles.axis ?? ""} figures`}>
            {ticks.map((tick) => (
              <span key={tick} style={{ left: place(tick) }}>
                {formatPercent(tick)}
              </span>
            ))}
          </span>
          <span />
        </div>
      </div>
    </figure>
  );
}

/** Five lines at most. */
function ticksFrom(start: number): number[] {
  const step = start >= 0.8 ? 0.05 : start >= 0.6 ? 0.1 : 0.2;
  const count = Math.floor((1 - start) / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => 1 - (count - index) * step);
}
