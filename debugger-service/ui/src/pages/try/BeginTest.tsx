import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { perturbationsQuery, useBeginTest, type BehaviourTestIn } from "@/api/behaviour";
import { Dialog, DialogActions } from "@/components/Dialog";
import { Query } from "@/components/Query";
import { author } from "@/hooks/author";
import { rememberJob } from "@/hooks/started_jobs";
import { notifyError } from "@/hooks/toasts";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import styles from "./BeginTest.module.css";
import type { TrySearch } from "./search";
import { INTENT, SourceChoice } from "./SourceChoice";

const USUAL_ROWS = 500;
const MOST_ROWS = 5_000;
const MOST_CHARACTERS = 2_000;

type Name = NonNullable<BehaviourTestIn["perturbations"]>[number];

/** Asks what is to be tested, and begins it. */
export function BeginTest({ onClose }: { onClose: () => void }) {
  const id = useProjectId();
  const [, setSearch] = useUrlState<TrySearch>();
  const [asked, setAsked] = useState({ source: "own" as "own" | "served", service: INTENT });
  const [rows, setRows] = useState(String(USUAL_ROWS));
  const [filter, setFilter] = useState("");
  const [left, setLeft] = useState<readonly Name[]>([]);
  const query = useQuery(perturbationsQuery());
  const begin = useBeginTest(id);
  const chosen = query.data?.map(({ name }) => name).filter((name) => !left.includes(name)) ?? [];
  const toggle = (name: Name) => setLeft(left.includes(name) ? left.filter((each) => each !== name) : [...left, name]);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const name = await author();
    if (!name) return;
    begin.mutate(
      { ...asked, filter: filter.trim(), rows: Number(rows), perturbations: chosen, author: name },
      {
        onSuccess: (job) => {
          rememberJob(job.id, {
            project: id,
            subject: asked.source === "own" ? "the project’s own model" : asked.service,
          });
          setSearch({ view: "tests", test: String(job.result?.behaviour_test) });
          onClose();
        },
        onError: (error) => notifyError(error),
      },
    );
  };
  return (
    <Dialog title="New behavioural test" wide onClose={onClose}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <SourceChoice {...asked} onChange={(change) => setAsked((before) => ({ ...before, ...change }))} />
        <label>
          Rows, of each class about as many
          <input
            className="input"
            type="number"
            inputMode="numeric"
            min={1}
            max={MOST_ROWS}
            required
            value={rows}
            onChange={({ target }) => setRows(target.value)}
          />
        </label>
        <label>
          <span>
            Only those that a filter finds <span className="soft">(may be empty)</span>
          </span>
          <input
            className="input"
            value={filter}
            maxLength={MOST_CHARACTERS}
            spellCheck={false}
            placeholder="split = testing"
            onChange={({ target }) => setFilter(target.value)}
          />
        </label>
        <fieldset className={styles.kinds}>
          <legend>Changes</legend>
          <Query query={query} label="the kinds of changes">
            {(kinds) =>
              kinds.map(({ name, title, description }) => (
                <label key={name} className={styles.kind}>
                  <input type="checkbox" checked={!left.includes(name)} onChange={() => toggle(name)} />
                  <span>
                    {title} <span className="soft small">{description}</span>
                  </span>
                </label>
              ))
            }
          </Query>
        </fieldset>
        <DialogActions>
          <button type="button" className="quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" disabled={!chosen.length || begin.isPending}>
            Begin
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
