import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { perturbationsQuery, type BehaviourTestDetail, type Rate } from "@/api/behaviour";
import { IntervalBar } from "@/components/IntervalBar";
import { Label } from "@/components/Label";
import { formatCount, formatPercent } from "@/hooks/format";
import { endOf } from "./rates";
import styles from "./ClassRates.module.css";

const SHOWN = 12;

/** Which classes flip most, by one kind of change or any. */
export function ClassRates({ classes }: { classes: BehaviourTestDetail["classes"] }) {
  const { data } = useQuery(perturbationsQuery());
  const [by, setBy] = useState<Rate["perturbation"]>("any");
  const [isWhole, setIsWhole] = useState(false);
  const names = new Set(classes.flatMap(({ rates }) => rates.map(({ perturbation }) => perturbation)));
  const found = classes
    .flatMap(({ label, rates }) => {
      const rate = rates.find(({ perturbation }) => perturbation === by);
      return rate?.rows ? [{ ...rate, label }] : [];
    })
    .sort((one, other) => other.rate.value - one.rate.value || other.rows - one.rows);
  const end = endOf(found, 1);
  return (
    <section className="card" aria-labelledby="classes">
      <div className={styles.heading}>
        <h2 id="classes">By class</h2>
        <label className="small">
          <span className="unseen">Change</span>
          <select className="input" value={by} onChange={({ target }) => setBy(target.value as Rate["perturbation"])}>
            {Array.from(names, (name) => (
              <option key={name} value={name}>
                {name === "any" ? "Any change" : (data?.find((each) => each.name === name)?.title ?? name)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {found.length === 0 && <p className="soft">Nothing to change in these rows.</p>}
      <ul className={styles.classes}>
        {found.slice(0, isWhole ? undefined : SHOWN).map(({ label, rate, flipped, rows }) => (
          <li key={label}>
            <Label>{label}</Label>
            <IntervalBar label={label} {...rate} end={end} />
            <span className="figures" title={`${formatCount(flipped)} of ${formatCount(rows)} rows`}>
              {formatPercent(rate.value)}
            </span>
          </li>
        ))}
      </ul>
      {end < 1 && found.length > 0 && <p className="small soft">The lines end at {formatPercent(end)}.</p>}
      {found.length > SHOWN && (
        <button type="button" className="link small" onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show all ${formatCount(found.length)} classes`}
        </button>
      )}
    </section>
  );
}
