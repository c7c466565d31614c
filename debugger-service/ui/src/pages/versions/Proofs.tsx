import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { proofsQuery, type Proof } from "@/api/proofs";
import { Empty } from "@/components/Empty";
import { RunChoice } from "@/components/RunChoice";
import { formatAgo } from "@/hooks/format";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { BeginProof } from "./BeginProof";
import { ProofView } from "./ProofView";
import type { VersionsSearch } from "./search";

/** What decisions gained: two models, trained on two versions, asked about the same rows. */
export function Proofs({ latest }: { latest: number }) {
  const [{ proof }, setSearch] = useUrlState<VersionsSearch>();
  const query = useInfiniteQuery(proofsQuery(useProjectId()));
  const [isBeginning, setIsBeginning] = useState(false);
  const begin = (
    <button type="button" onClick={() => setIsBeginning(true)}>
      New proof …
    </button>
  );
  return (
    <>
      <RunChoice
        query={query}
        noun="Proof"
        label="the proofs"
        lines={8}
        chosen={proof}
        onChoose={(next) => setSearch({ proof: next })}
        titleOf={titleOf}
        begin={begin}
        empty={<NoProof>{begin}</NoProof>}
      >
        {(id) => <ProofView key={id} id={id} />}
      </RunChoice>
      {isBeginning && <BeginProof latest={latest} onClose={() => setIsBeginning(false)} />}
    </>
  );
}

function NoProof({ children }: { children: ReactNode }) {
  return (
    <Empty title="Did the decisions pay off?">
      <p className="soft">
        A proof trains one model on an older version of the data and one on a newer, asks both about rows that neither
        has seen, and shows what is gained or lost, and whether chance explains it.
      </p>
      {children}
    </Empty>
  );
}

const VERDICTS = { after: "better", before: "worse", undecided: "no difference shown" };

function titleOf({ from, to, status, verdict, created_at }: Proof): string {
  const outcome = verdict ? VERDICTS[verdict] : status === "succeeded" ? "done" : status;
  return `Version ${from} → ${to} · ${outcome} · ${formatAgo(created_at)}`;
}
