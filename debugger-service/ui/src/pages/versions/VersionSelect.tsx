import { useInfiniteQuery } from "@tanstack/react-query";
import { useId } from "react";
import { versionsQuery } from "@/api/versions";
import { disarmed } from "@/components/UserText";
import { useProjectId } from "@/hooks/url_state";
import { toldShortly } from "./told";
import styles from "./VersionSelect.module.css";

const MOST_CHARACTERS = 40;

interface Props {
  label: string;
  value: number;
  onChange: (version: number) => void;
  /** Versions before this one are not offered. */
  least?: number;
}

/** Chooses a data version. */
export function VersionSelect({ label, value, onChange, least = 1 }: Props) {
  const id = useId();
  const { data = [] } = useInfiniteQuery(versionsQuery(useProjectId()));
  const offered = data.filter(({ number }) => number >= least);
  return (
    <span className={styles.choice}>
      <label htmlFor={id} className="small soft">
        {label}
      </label>
      <select id={id} className="input" value={value} onChange={({ target }) => onChange(Number(target.value))}>
        {!offered.some(({ number }) => number === value) && value > 0 && <option value={value}>{value}</option>}
        {offered.map((version) => (
          <option key={version.number} value={version.number}>
            {version.number} · {disarmed(toldShortly(version, data)).slice(0, MOST_CHARACTERS)}
          </option>
        ))}
        {least === 0 && <option value={0}>0 · before the first import</option>}
      </select>
    </span>
  );
}
