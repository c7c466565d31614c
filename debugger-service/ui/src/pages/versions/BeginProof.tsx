import { useState, type SubmitEvent } from "react";
import { useProve, type ProofIn } from "@/api/proofs";
import { Dialog, DialogActions } from "@/components/Dialog";
import { author } from "@/hooks/author";
import { rememberJob } from "@/hooks/started_jobs";
import { notifyError } from "@/hooks/toasts";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import styles from "./BeginProof.module.css";
import type { VersionsSearch } from "./search";
import { VersionSelect } from "./VersionSelect";

type Encoder = NonNullable<ProofIn["encoder"]>;

const ENCODERS: readonly { id: Encoder | "none"; title: string; detail: string }[] = [
  { id: "none", title: "Words and letters", detail: "seconds; the usual choice" },
  { id: "minilm", title: "With a sentence encoder", detail: "minutes; knows synonyms" },
  { id: "minilm-finetuned", title: "With one trained on the data", detail: "up to hours" },
];

/** Asks which versions are to be compared, and how to train; then begins. */
export function BeginProof({ latest, onClose }: { latest: number; onClose: () => void }) {
  const id = useProjectId();
  const [search, setSearch] = useUrlState<VersionsSearch>();
  const [from, setFrom] = useState(Math.max(1, search.from ?? 1));
  const [to, setTo] = useState(search.to ?? latest);
  const [encoder, setEncoder] = useState<Encoder | "none">("none");
  const prove = useProve(id);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const name = await author();
    if (!name) return;
    prove.mutate(
      { from, to, encoder: encoder === "none" ? null : encoder, seed: 0, author: name },
      {
        onSuccess: (job) => {
          rememberJob(job.id, { project: id, subject: `version ${from} to ${to}` });
          setSearch({ view: "proof", proof: job.id });
          onClose();
        },
        onError: (error) => notifyError(error),
      },
    );
  };
  return (
    <Dialog title="New proof" onClose={onClose}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <p className="soft">
          Two models are trained, one on each version, and asked about rows that neither has seen. The models in use
          stay as they are.
        </p>
        <div className={styles.versions}>
          <VersionSelect label="Before" value={from} onChange={setFrom} />
          <VersionSelect label="After" value={to} onChange={setTo} />
        </div>
        <fieldset className={styles.encoders}>
          <legend>What is trained</legend>
          {ENCODERS.map(({ id: each, title, detail }) => (
            <label key={each}>
              <input type="radio" name="encoder" checked={encoder === each} onChange={() => setEncoder(each)} />
              <span>
                {title} <span className="soft small">{detail}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {from >= to && (
          <p role="alert" className="small bad">
            The version after must be newer than the one before.
          </p>
        )}
        <DialogActions>
          <button type="button" className="quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" disabled={from >= to || prove.isPending}>
            Prove
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
