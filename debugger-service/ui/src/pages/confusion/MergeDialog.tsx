import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Deed } from "@/api/deciding";
import { projectQuery } from "@/api/projects";
import { DecisionDialog } from "@/components/DecisionDialog";
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
  const label = name || other.trim();
  const deed: Deed | null =
    version !== undefined && label ? { action: "merge", labels: [...labels], label, at_version: version } : null;
  return (
    <DecisionDialog
      project={project}
      title="Merge two classes"
      deed={deed}
      missing="Write the name that both get."
      action={(count) => (count ? `Merge: change ${plural(count, "row")}` : "Merge")}
      busy="Merging …"
      onClose={onClose}
    >
      <p className="soft">All rows of both get one label. It is one data version, and can be undone.</p>
      <Names labels={labels} name={name} onName={setName} other={other} onOther={setOther} />
    </DecisionDialog>
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
