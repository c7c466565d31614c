import { useState, type SubmitEvent } from "react";
import { Dialog, DialogActions } from "./Dialog";
import styles from "./NameDialog.module.css";

interface Props {
  title: string;
  label: string;
  hint?: string;
  action: string;
  initial?: string;
  onSubmit: (name: string) => void;
  onClose: () => void;
}

const MOST_CHARACTERS = 255;

/** Asks for a name. */
export function NameDialog({ title, label, hint, action, initial = "", onSubmit, onClose }: Props) {
  const [name, setName] = useState(initial);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (name.trim()) onSubmit(name.trim());
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <label className={styles.field}>
          {label}
          <input
            className="input"
            value={name}
            maxLength={MOST_CHARACTERS}
            required
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        {hint && <p className="soft small">{hint}</p>}
        <DialogActions>
          <button type="button" className="quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" disabled={!name.trim()}>
            {action}
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
