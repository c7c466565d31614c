import { useId, useState, type KeyboardEvent } from "react";
import { Dialog } from "@/components/Dialog";
import { disarmed } from "@/components/UserText";
import styles from "./LabelPicker.module.css";
import { ranked } from "./ranking";

interface Props {
  labels: readonly string[];
  /** Those that it most likely is, the likeliest first. */
  probable: readonly string[];
  onChoose: (label: string) => void;
  onClose: () => void;
}

const SHOWN = 40;
const MOST_CHARACTERS = 200;
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

/** Another label by two letters and Enter: the probable ones come first. */
export function LabelPicker({ labels, probable, onChoose, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const fitting = ranked(labels, probable, typed).slice(0, SHOWN);
  const other = typed.trim();
  const isNew = other !== "" && !fitting.includes(other);
  const options = isNew ? [...fitting, other] : fitting;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const chosen = options[at];
    if (step !== undefined) setAt((at + step + options.length) % Math.max(1, options.length));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing && chosen !== undefined) onChoose(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Another label" onClose={onClose}>
      <input
        className={`input ${styles.input ?? ""}`}
        role="combobox"
        aria-label="Label"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={options.length ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        maxLength={MOST_CHARACTERS}
        placeholder="Two letters, such as ca"
        value={typed}
        onKeyDown={onKeyDown}
        onChange={({ target }) => {
          setTyped(target.value);
          setAt(0);
        }}
      />
      <div id={id} role="listbox" aria-label="Labels" className={styles.list}>
        {options.map((label, index) => (
          <Option
            key={label}
            id={`${id}-${index}`}
            label={label}
            note={isNew && index === options.length - 1 ? "new label" : probable.includes(label) ? "probable" : ""}
            isAt={index === at}
            onChoose={() => onChoose(label)}
          />
        ))}
      </div>
    </Dialog>
  );
}

interface OptionProps {
  id: string;
  label: string;
  note: string;
  isAt: boolean;
  onChoose: () => void;
}

function Option({ id, label, note, isAt, onChoose }: OptionProps) {
  return (
    // The field above keeps the focus and handles the keys.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      ref={(element) => {
        if (isAt) element?.scrollIntoView({ block: "nearest" });
      }}
      role="option"
      tabIndex={-1}
      aria-selected={isAt}
      className={styles.option}
      onClick={onChoose}
    >
      <bdi dir="auto">{disarmed(label)}</bdi>
      {note && <span className="soft small">{note}</span>}
    </div>
  );
}
