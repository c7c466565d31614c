import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { proofsQuery, type Proof } from "@/api/proofs";
import { Empty } from "@/components/Empty";
import { Query } from "@/components/Query";
import { formatAgo } from "@/hooks/format";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { BeginProof } from "./BeginProof";
import { ProofView } from "./ProofView";
import styles from "./Proofs.module.css";
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
      <Query query={query} label="the proofs" lines={8}>
        {(proofs) => {
          const shown = proof ?? proofs[0]?.id;
          if (shown === undefined) {
            return (
              <Empty title="Did the decisions pay off?">
                <p className="soft">
                  A proof trains one model on an older version of the data and one on a newer, asks both about rows that
                  neither has seen, and shows what is gained or lost, and whether chance explains it.
                </p>
                {begin}
              </Empty>
            );
          }
          return (
            <div className={styles.page}>
              <div className={styles.bar}>
                <label className={styles.choice}>
                  <span className="small soft">Proof</span>
                  <select className="input" value={shown} onChange={({ target }) => setSearch({ proof: target.value })}>
                    {!proofs.some(({ id }) => id === shown) && <option value={shown}>An older one</option>}
                    {proofs.map((each) => (
                      <option key={each.id} value={each.id}>
                        {titleOf(each)}
                      </option>
                    ))}
                  </select>
                </label>
                {query.hasNextPage && (
                  <button type="button" className="link small" onClick={() => void query.fetchNextPage()}>
                    Older proofs
                  </button>
                )}
                {begin}
              </div>
              <ProofView key={shown} id={shown} />
            </div>
          );
        }}
      </Query>
      {isBeginning && <BeginProof latest={latest} onClose={() => setIsBeginning(false)} />}
    </>
  );
}

const VERDICTS = { after: "better", before: "worse", undecided: "no difference shown" };

function titleOf({ from, to, status, verdict, created_at }: Proof): string {
  const outcome = verdict ? VERDICTS[verdict] : status === "succeeded" ? "done" : status;
  return `Version ${from} → ${to} · ${outcome} · ${formatAgo(created_at)}`;
}
