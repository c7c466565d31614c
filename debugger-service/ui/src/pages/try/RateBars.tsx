import { useQuery } from "@tanstack/react-query";
import { perturbationsQuery, type Rate } from "@/api/behaviour";
import { IntervalBar } from "@/components/IntervalBar";
import { formatCount, formatPercent } from "@/hooks/format";
import { endOf, MANY_ROWS } from "./rates";
import styles from "./RateBars.module.css";

/** How often each kind of change flips answers. */
export function RateBars({ rates }: { rates: readonly Rate[] }) {
  const { data } = useQuery(perturbationsQuery());
  const kindOf = (name: string) => data?.find((each) => each.name === name);
  const end = endOf(rates);
  return (
    <ul className={styles.rates}>
      {rates.map(({ perturbation, rows, flipped, rate }) => {
        const kind = kindOf(perturbation);
        const title = perturbation === "any" ? "Any of them" : (kind?.title ?? perturbation.replaceAll("_", " "));
        return (
          <li key={perturbation}>
            <span className={perturbation === "any" ? styles.any : undefined} title={kind?.description}>
              {title}
            </span>
            {rows > 0 ? (
              <>
                {rows < MANY_ROWS ? (
                  <span className="small soft">too few rows to tell</span>
                ) : (
                  <IntervalBar label={title} {...rate} end={end} />
                )}
                <span className="figures">{formatPercent(rate.value, 1)}</span>
                <span className="figures small soft">
                  {formatPercent(rate.low)}–{formatPercent(rate.high)}
                </span>
                <span className="figures small soft">
                  {formatCount(flipped)} of {formatCount(rows)}
                </span>
              </>
            ) : (
              <span className={`small soft ${styles.none ?? ""}`}>nothing to change in these rows</span>
            )}
          </li>
        );
      })}
      {end < 1 && (
        <li className="small soft" aria-hidden="true">
          <span />
          <span className={styles.ends}>
            <span>0%</span>
            <span>{formatPercent(end)}</span>
          </span>
        </li>
      )}
    </ul>
  );
}
