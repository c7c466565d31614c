import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { previewQuery, useDecideAtOnce, type Deed } from "@/api/deciding";
import { DecisionPreview } from "./DecisionPreview";
import { Dialog, DialogActions } from "./Dialog";
import styles from "./DecisionDialog.module.css";

interface Props {
  project: string;
  title: string;
  /** What is asked of the person. */
  children: ReactNode;
  /** What is to be done; null while something is missing for it. */
  deed: Deed | null;
  /** Says what is missing. */
  missing: string;
  /** Goes with the decision, and changes nothing of the preview. */
  comment?: string | null;
  /** What the button says, by how many rows would change if that is known, and while it is done. */
  action: (rows: number | undefined) => string;
  busy: string;
  onClose: () => void;
  onDone?: () => void;
}

/** Asks for a decision about many rows, shows what it would change, and makes it. */
export function DecisionDialog({ project, title, children, deed, missing, comment, ...rest }: Props) {
  const { action, busy, onClose, onDone } = rest;
  const preview = useQuery({ ...previewQuery(project, deed ?? { action: "keep" }), enabled: deed !== null });
  const count = deed && !preview.isError ? preview.data?.rows : undefined;
  const decide = useDecideAtOnce(project);
  const confirm = async () => {
    if (!deed || !(await decide.mutateAsync({ ...deed, comment }))) return;
    onDone?.();
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose} wide>
      {children}
      <div className={styles.preview}>
        {deed ? <DecisionPreview project={project} deed={deed} /> : <p className="soft">{missing}</p>}
      </div>
      <DialogActions>
        <button type="button" className="quiet" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          disabled={!count || decide.isPending}
          onClick={() => void confirm().catch(() => undefined)}
        >
          {decide.isPending ? busy : action(count)}
        </button>
      </DialogActions>
    </Dialog>
  );
}
