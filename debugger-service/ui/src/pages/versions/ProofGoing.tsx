import type { Proof } from "@/api/proofs";
import { useJob } from "@/api/watching";
import { CancelJob } from "@/components/CancelJob";
import { JobProgress } from "@/components/JobProgress";
import { Loading } from "@/components/Loading";
import styles from "./ProofGoing.module.css";
import { stageOf, STAGES } from "./proving";

/** How far a proof is, and what is done now. */
export function ProofGoing({ proof }: { proof: Proof }) {
  const { data: job } = useJob(proof.id);
  const now = stageOf(proof);
  return (
    <section className="card" aria-labelledby="going">
      <h2 id="going">
        Version {proof.from} against {proof.to}
      </h2>
      <ol className={styles.stages}>
        {STAGES.map((stage, place) => (
          <li
            key={stage}
            aria-current={place === now ? "step" : undefined}
            className={now !== undefined && place < now ? styles.done : undefined}
          >
            {stage}
          </li>
        ))}
      </ol>
      <p className="small soft">{proof.stage ?? "Waiting for its turn"}</p>
      {job ? <JobProgress job={job} label="Proof" /> : <Loading label="how far it is" lines={1} />}
      {job && <CancelJob job={job} />}
    </section>
  );
}
