import { isUnfinished } from "@/api/jobs";
import type { Job } from "@/api/types";
import { formatCount, formatDuration, formatPercent, plural } from "@/hooks/format";
import { Progress } from "./Progress";

interface Props {
  job: Job;
  label: string;
}

/** How far a job is and how long it still takes, or how it ended. */
export function JobProgress({ job, label }: Props) {
  if (!isUnfinished(job)) return <p className={job.status === "failed" ? "bad" : "soft"}>{ending(job)}</p>;
  return (
    <div>
      <Progress value={job.progress || null} label={label} />
      <p className="soft small figures">{going(job)}</p>
    </div>
  );
}

/** `40 %, about 2 minutes left`. */
export function going({ status, progress, seconds_left, total, done }: Job): string {
  if (status === "queued") return "Waiting for its turn";
  const part = progress ? formatPercent(progress) : done ? `${formatCount(done)} done` : "Begun";
  const left = seconds_left === null ? "" : `, ${formatDuration(seconds_left)} left`;
  return `${part}${progress && total && total > 100 ? ` of ${formatCount(total)}` : ""}${left}`;
}

export function ending({ status, error, failed }: Job): string {
  if (status === "failed") return error ?? "It failed.";
  if (status === "cancelled") return "Cancelled; what was done stays.";
  return failed ? `Done, but for ${plural(failed, "row")}.` : "Done.";
}
