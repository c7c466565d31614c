import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { isUnfinished } from "@/api/jobs";
import { proofQuery, proofsQuery, type Proof } from "@/api/proofs";
import { Empty } from "@/components/Empty";
import { Query } from "@/components/Query";
import { useProjectId } from "@/hooks/url_state";
import { JudgementCard } from "./JudgementCard";
import { MovedClasses } from "./MovedClasses";
import { ProofDetails } from "./ProofDetails";
import { ProofGoing } from "./ProofGoing";
import styles from "./ProofView.module.css";
import { drawnFrom } from "./proving";
import { VerdictCard } from "./VerdictCard";

/** A proof: how far it is, or what it found. */
export function ProofView({ id }: { id: string }) {
  const project = useProjectId();
  const query = useQuery(proofQuery(project, id));
  const cache = useQueryClient();
  const status = query.data?.status;
  useEffect(() => {
    if (status !== undefined) void cache.invalidateQueries({ queryKey: proofsQuery(project).queryKey });
  }, [cache, project, status]);
  return (
    <Query query={query} label="the proof" lines={8}>
      {(proof) => <State proof={proof} />}
    </Query>
  );
}

function State({ proof }: { proof: Proof }) {
  if (isUnfinished(proof)) return <ProofGoing proof={proof} />;
  if (proof.status === "cancelled") {
    return (
      <Empty title="This proof was cancelled">
        <p className="soft">Nothing is compared; begin a new one when you like.</p>
      </Empty>
    );
  }
  if (!proof.comparison) {
    return (
      <p role="alert" className="banner bad">
        The proof failed: {proof.error ?? "it brought no result."}
      </p>
    );
  }
  return <Picture proof={proof} comparison={proof.comparison} />;
}

function Picture({ proof, comparison }: { proof: Proof; comparison: NonNullable<Proof["comparison"]> }) {
  const { given, cleaned, warnings } = comparison;
  const start = drawnFrom([given, cleaned].filter((each) => each !== null));
  const versions = { from: proof.from, to: proof.to, start };
  return (
    <div className={styles.picture}>
      <VerdictCard proof={proof} />
      {warnings.map((warning) => (
        <p key={warning} className="banner warn small">
          <span>
            <strong>Mind: </strong>
            {warning}
          </span>
        </p>
      ))}
      <div className={styles.judgements}>
        {cleaned && <JudgementCard title="By the labels as cleaned" id="cleaned" judgement={cleaned} {...versions} />}
        {given && <JudgementCard title="By the labels as given" id="given" judgement={given} {...versions} />}
      </div>
      <MovedClasses proof={proof} />
      <ProofDetails proof={proof} />
    </div>
  );
}
