import { useQuery } from "@tanstack/react-query";
import { previewQuery, type Deed } from "@/api/deciding";
import type { Schemas } from "@/api/types";
import { formatCount, plural } from "@/hooks/format";
import { Label } from "./Label";
import { Query } from "./Query";
import styles from "./DecisionPreview.module.css";

const MOST = 5;
const STATUSES: Record<string, string> = { dropped: "dropped", out_of_scope: "out of scope" };

/** What a decision would change, before it does. */
export function DecisionPreview({ project, deed }: { project: string; deed: Deed }) {
  const query = useQuery(previewQuery(project, deed));
  return (
    <div aria-live="polite">
      <Query query={query} label="what would change">
        {({ rows, effects }) =>
          rows === 0 ? (
            <p className="soft">Nothing would change: all of these rows are so already.</p>
          ) : (
            <>
              <p>
                <strong>{plural(rows, "row")}</strong> would change:
              </p>
              <ul className={styles.effects}>
                {effects.slice(0, MOST).map((effect) => (
                  <EffectLine key={JSON.stringify(effect)} effect={effect} />
                ))}
              </ul>
              {effects.length > MOST && (
                <p className="soft small">
                  and{" "}
                  {plural(
                    effects.slice(MOST).reduce((sum, { rows: more }) => sum + more, 0),
                    "row",
                  )}{" "}
                  of {plural(effects.length - MOST, "other label")}
                </p>
              )}
            </>
          )
        }
      </Query>
    </div>
  );
}

function EffectLine({ effect }: { effect: Schemas["EffectOut"] }) {
  const isSame = effect.label === effect.new_label && effect.status === effect.new_status;
  return (
    <li>
      <span className="figures">{formatCount(effect.rows)}</span>
      <span className={styles.states}>
        <State label={effect.label} status={effect.status} />
        <span aria-label={isSame ? "stays" : "becomes"}>{isSame ? "✓ kept" : "→"}</span>
        {!isSame && <State label={effect.new_label} status={effect.new_status} isNew />}
      </span>
    </li>
  );
}

function State({ label, status, isNew = false }: { label: string | null; status: string; isNew?: boolean }) {
  const word = STATUSES[status];
  return (
    <span className={styles.state}>
      {(label !== null || !word) && <Label tone={isNew ? "new" : "plain"}>{label}</Label>}
      {word && <span className="badge warn">{word}</span>}
    </span>
  );
}
