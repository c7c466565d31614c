import type { Job } from "@/api/types";
import { startedJob } from "@/hooks/started_jobs";

const KINDS: Record<string, string> = {
  import: "Import",
  analyse: "Analysis",
  map: "Map",
  enrich: "Predictions of the model in use",
  prove: "Proof",
  test_behaviour: "Behavioural test",
};

/** What a job is, for people. */
export function nameOf({ id, kind }: Pick<Job, "id" | "kind">): string {
  const name = KINDS[kind] ?? kind;
  const subject = startedJob(id)?.subject;
  return subject ? `${name}: ${subject}` : name;
}
