import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Deed } from "@/api/deciding";
import { kindsQuery } from "@/api/project_data";
import type { IssueKind } from "@/api/types";
import { plural } from "@/hooks/format";
import { Combobox } from "./Combobox";
import { DecisionDialog } from "./DecisionDialog";
import styles from "./BulkDialog.module.css";

type Action = "relabel" | "accept" | "keep" | "drop" | "out_of_scope";

const ACTIONS: readonly { id: Action; title: string; detail: string }[] = [
  { id: "relabel", title: "Relabel", detail: "All get one label." },
  { id: "accept", title: "Accept proposals", detail: "Each gets what a kind of issue proposes for it." },
  { id: "keep", title: "Keep", detail: "They are right; they are not asked about again." },
  { id: "drop", title: "Drop", detail: "They leave the data." },
  { id: "out_of_scope", title: "Out of scope", detail: "They belong to no class." },
];

/** Kinds that propose something for single rows. */
const PROPOSING = new Set([
  "label_error",
  "conflicting_labels",
  "disagreement",
  "near_duplicates",
  "leaks",
  "outliers",
  "out_of_scope",
]);

/** Which rows: those named, or those that a filter finds in the version that was looked at. */
export type BulkTarget = Pick<Deed, "rows"> | (Pick<Deed, "filter"> & { at_version: number });

interface Props {
  project: string;
  rows: number;
  target: BulkTarget;
  /** The kind of issue whose proposals are likely meant. */
  kind?: string;
  /** What is likely to be done with them. */
  action?: Action;
  onClose: () => void;
  onDone?: () => void;
}

/** Decides about many rows at once, after showing what would change. */
export function BulkDialog({ project, rows, target, kind, action: first, onClose, onDone }: Props) {
  const [action, setAction] = useState<Action>(first ?? (kind ? "accept" : "relabel"));
  const [label, setLabel] = useState<string | null>(null);
  const [accepted, setAccepted] = useState(kind ?? "label_error");
  const [comment, setComment] = useState("");
  const { data: found } = useQuery(kindsQuery(project));
  return (
    <DecisionDialog
      project={project}
      title={`Decide about ${plural(rows, "row")}`}
      deed={deedOf(target, action, label, accepted)}
      missing="Choose a label to see what would change."
      comment={comment.trim() || null}
      action={(count) => (count === undefined ? "Change them" : `Change ${plural(count, "row")}`)}
      busy="Changing …"
      onClose={onClose}
      onDone={onDone}
    >
      <Actions value={action} onChange={setAction} />
      {action === "relabel" && (
        <Combobox
          label="The new label"
          options={found?.analysis.classes ?? []}
          value={label}
          allowsOther
          onChange={setLabel}
        />
      )}
      {action === "accept" && <Kinds kinds={found?.kinds ?? []} value={accepted} onChange={setAccepted} />}
      <label className={styles.comment}>
        <span>
          Comment <span className="soft">(optional)</span>
        </span>
        <input
          className="input"
          maxLength={2000}
          value={comment}
          onChange={({ target: { value } }) => setComment(value)}
        />
      </label>
    </DecisionDialog>
  );
}

function deedOf(target: BulkTarget, action: Action, label: string | null, kind: string): Deed | null {
  if (action === "relabel") return label ? { ...target, action, label } : null;
  return action === "accept" ? { ...target, action, kind } : { ...target, action };
}

function Actions({ value, onChange }: { value: Action; onChange: (action: Action) => void }) {
  const name = useId();
  return (
    <fieldset className={styles.actions}>
      <legend className="unseen">What to do with them</legend>
      {ACTIONS.map(({ id, title, detail }) => (
        <label key={id} className={styles.action}>
          <input type="radio" name={name} checked={value === id} onChange={() => onChange(id)} />
          <span>
            {title}
            <span className="soft small">{detail}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Kinds({ kinds, value, onChange }: { kinds: IssueKind[]; value: string; onChange: (kind: string) => void }) {
  const proposing = kinds.filter(({ name }) => PROPOSING.has(name) || name === value);
  return (
    <label className={styles.comment}>
      The proposals of
      <select className="input" value={value} onChange={({ target }) => onChange(target.value)}>
        {proposing.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
