import type { Source } from "@/api/behaviour";
import { Segments } from "@/components/Segments";
import styles from "./SourceChoice.module.css";

/** The name of the intent service among the models in use. */
export const INTENT = "intent";
const MOST_CHARACTERS = 100;
const SOURCES = [
  { id: "own", title: "Project’s own", hint: "Fitted on all labeled rows by the newest analysis" },
  { id: "served", title: "Model in use", hint: "Asked over the network" },
] as const;

interface Props {
  source: Source;
  service: string;
  onChange: (change: { source?: Source; service?: string }) => void;
}

/** Whom to ask. */
export function SourceChoice({ source, service, onChange }: Props) {
  return (
    <div className={styles.choice}>
      <Segments label="Whom to ask" options={SOURCES} selected={source} onSelect={(next) => onChange({ source: next })} />
      {source === "served" && (
        <label className={styles.service}>
          <span className="small soft">Service</span>
          <input
            className="input"
            defaultValue={service}
            maxLength={MOST_CHARACTERS}
            spellCheck={false}
            title="Its name in the service’s settings"
            onBlur={({ target }) => onChange({ service: target.value.trim() || INTENT })}
          />
        </label>
      )}
    </div>
  );
}
