import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { previewQuery, useDecideAtOnce, type Deed } from "@/api/deciding";
import { projectQuery } from "@/api/projects";
import { DecisionPreview } from "@/components/DecisionPreview";
import { Dialog, DialogActions } from "@/components/Dialog";
import { Label } from "@/components/Label";
import { plural } from "@/hooks/format";
import styles from "./MergeDialog.module.css";

interface Props {
  project: string;
  labels: readonly [string, string];
  /** The name that is likely to stay. */
  kept: string;
  onClose: () => void;
}

/** Makes one class of two, after showing what would change. */
export function MergeDialog({ project, labels, kept, onClose }: Props) {
  const { data } = useQuery(projectQuery(project));
  // What the person looks at is the version of when the dialog opened.
  const [version] = useState(data?.version);
  const [name, setName] = useState(kept);
  const [other, setOther] = useState("");
  const decide = useDecideAtOnce(project);
  const label = name || other.trim();
  const deed: Deed | null =
    version !== undefined && label ? { action: "merge", labels: [...labels], label, at_version: version } : null;
  const confirm = async () => {
    if (deed && (await decide.mutateAsync(deed))) onClose();
  };
  return (
    <Dialog title="Merge two classes" onClose={onClose} wide>
      <p className="soft">All rows of both get one label. It is one data version, and can be undone.</p>
      <Names labels={labels} name={name} onName={setName} other={other} onOther={setOther} />
      <div className={styles.preview}>
        {deed ? (
          <DecisionPreview project={project} deed={deed} />
        ) : (
          <p className="soft">Write the name that both get.</p>
        )}
      </div>
      <DialogActions>
        <button type="button" className="quiet" onClick={onClose}>
          Cancel
        </button>
        <Confirm
          project={project}
          deed={deed}
          busy={decide.isPending}
          onConfirm={() => void confirm().catch(() => undefined)}
        />
      </DialogActions>
    </Dialog>
  );
}

interface NamesProps extends Pick<Props, "labels"> {
  /** Empty for another name than the two. */
  name: string;
  onName: (name: string) => void;
  other: string;
  onOther: (name: string) => void;
}

function Names({ labels, name, onName, other, onOther }: NamesProps) {
  const group = useId();
  return (
    <fieldset className={styles.names}>
      <legend>Which name stays?</legend>
      {labels.map((label) => (
        <label key={label} className={styles.name}>
          <input type="radio" name={group} checked={name === label} onChange={() => onName(label)} />
          <Label>{label}</Label>
        </label>
      ))}
      <label className={styles.name}>
        <input type="radio" name={group} checked={name === ""} onChange={() => onName("")} />
        Another one
        <input
          className="input"
          aria-label="The other name"
          value={other}
          maxLength={200}
          onFocus={() => onName("")}
          onChange={({ target }) => onOther(target.value)}
        />
      </label>
    </fieldset>
  );
}

interface ConfirmProps {
  project: string;
  deed: Deed | null;
  busy: boolean;
  onConfirm: () => void;
}

function Confirm({ project, deed, busy, onConfirm }: ConfirmProps) {
  const { data, isError } = useQuery({ ...previewQuery(project, deed ?? { action: "keep" }), enabled: deed !== null });
  const count = deed && !isError ? data?.rows : undefined;
  return (
    <button type="button" disabled={!count || busy} onClick={onConfirm}>
      {busy ? "Merging …" : count ? `Merge: change ${plural(count, "row")}` : "Merge"}
    </button>
  );
}
