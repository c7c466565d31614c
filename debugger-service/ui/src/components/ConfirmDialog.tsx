import type { ReactNode } from "react";
import { Dialog, DialogActions } from "./Dialog";

interface Props {
  title: string;
  /** What will happen, and whether it can be undone. */
  children: ReactNode;
  /** The verb on the button, such as `Delete`. */
  action: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({ title, children, action, danger = false, busy = false, onConfirm, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <DialogActions>
        <button type="button" className="quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className={danger ? "danger" : ""} disabled={busy} onClick={onConfirm}>
          {busy ? `${action} …` : action}
        </button>
      </DialogActions>
    </Dialog>
  );
}
