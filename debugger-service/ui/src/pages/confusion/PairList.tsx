import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Source } from "@/api/confusion";
import type { Issue } from "@/api/types";
import { Empty } from "@/components/Empty";
import { Label } from "@/components/Label";
import { UserText } from "@/components/UserText";
import { formatPercent, plural } from "@/hooks/format";
import { cellFilter, pairFilter } from "./matrix";
import { MergeDialog } from "./MergeDialog";
import { simulatedOf, type ConfusedPair } from "./proposals";
import styles from "./PairList.module.css";

interface Props {
  project: string;
  pairs: readonly ConfusedPair[];
  source: Source;
  within: string;
}

/** The most confused pairs of classes, with what the analysis proposes. */
export function PairList({ project, pairs, source, within }: Props) {
  const [merging, setMerging] = useState<ConfusedPair | null>(null);
  if (!pairs.length) return <Empty title="No classes are taken for each other" />;
  return (
    // A region that scrolls must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Confused pairs">
      <ol className={styles.pairs}>
        {pairs.map((pair) => (
          <li key={JSON.stringify(pair.labels)} className={styles.pair}>
            <PairItem project={project} pair={pair} source={source} within={within} onMerge={() => setMerging(pair)} />
          </li>
        ))}
      </ol>
      {merging && (
        <MergeDialog
          project={project}
          labels={merging.labels}
          kept={merging.proposal?.label ?? merging.labels[0]}
          onClose={() => setMerging(null)}
        />
      )}
    </div>
  );
}

interface ItemProps extends Omit<Props, "pairs"> {
  pair: ConfusedPair;
  onMerge: () => void;
}

function PairItem({ project, pair, source, within, onMerge }: ItemProps) {
  const { labels, rows, share, proposal } = pair;
  const isSplit = proposal?.action === "split";
  return (
    <>
      <p className={styles.labels}>
        <Label>{labels[0]}</Label>
        <span className="soft" aria-label="and">
          ⇄
        </span>
        <Label>{labels[1]}</Label>
      </p>
      {proposal && <Proposal proposal={proposal} />}
      <p className={styles.actions}>
        <Link
          className="small"
          to="/projects/$projectId/review"
          params={{ projectId: project }}
          search={{ filter: pairFilter(labels, source, within) }}
        >
          {rows === null ? "Rows" : plural(rows, "row")}
        </Link>
        {share !== null && <span className="soft small figures">{formatPercent(share, 1)} of both</span>}
        {isSplit && (
          <Link
            className="small"
            to="/projects/$projectId/review"
            params={{ projectId: project }}
            search={{ filter: cellFilter(labels[0], labels[1], source, within) }}
          >
            The group to split off
          </Link>
        )}
        <button type="button" className="quiet compact" onClick={onMerge}>
          Merge …
        </button>
      </p>
    </>
  );
}

function Proposal({ proposal }: { proposal: Issue }) {
  const simulated = simulatedOf(proposal);
  const verb = proposal.action === "split" ? "Split" : "Merge";
  return (
    <>
      <UserText className="soft small">{proposal.reason}</UserText>
      {simulated && (
        <p className={`small figures ${styles.effect ?? ""}`}>
          <span className="badge accent">{verb}</span>
          <Change title="accuracy" before={simulated.accuracy_before} after={simulated.accuracy_after} />
          <Change title="macro-F1" before={simulated.macro_f1_before} after={simulated.macro_f1_after} />
        </p>
      )}
    </>
  );
}

function Change({ title, before, after }: { title: string; before: number; after: number }) {
  const points = (after - before) * 100;
  const sign = points > 0 ? "+" : points < 0 ? "−" : "±";
  return (
    <span title={`${title}: ${formatPercent(before, 1)} → ${formatPercent(after, 1)}, simulated`}>
      {title}{" "}
      <strong
        className={points > 0 ? "good" : points < 0 ? "bad" : ""}
      >{`${sign}${Math.abs(points).toFixed(2)}`}</strong>
    </span>
  );
}
