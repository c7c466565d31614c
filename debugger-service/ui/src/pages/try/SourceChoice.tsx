import { useQuery } from "@tanstack/react-query";
import { servicesQuery, type Source } from "@/api/behaviour";
import { Segments } from "@/components/Segments";
import { disarmed } from "@/components/UserText";
import styles from "./SourceChoice.module.css";

/** The name of the intent service among the models in use. */
export const INTENT = "intent";
const SOURCES = [
  { id: "own", title: "Project’s own model", hint: "Fitted on all labeled rows by the newest analysis" },
  { id: "served", title: "Model in use", hint: "Asked over the network" },
] as const;

interface Props {
  source: Source;
  service: string;
  onChange: (change: { source?: Source; service?: string }) => void;
}

/** Whom to ask. */
export function SourceChoice({ source, service, onChange }: Props) {
  const { data = [] } = useQuery({ ...servicesQuery(), enabled: source === "served" });
  const names = Array.from(new Set([...data.map(({ name }) => name), service]));
  return (
    <div className={styles.choice}>
      <Segments
        label="Whom to ask"
        options={SOURCES}
        selected={source}
        onSelect={(next) => onChange({ source: next })}
      />
      {source === "served" && (
        <label className={styles.service}>
          <span className="small soft">Service</span>
          <select className="input" value={service} onChange={({ target }) => onChange({ service: target.value })}>
            {names.map((name) => (
              <option key={name} value={name}>
                {disarmed(name)}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
