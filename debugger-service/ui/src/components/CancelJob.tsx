import { isUnfinished, useCancelJob } from "@/api/jobs";
import type { Job } from "@/api/types";
import { notifyError } from "@/hooks/toasts";

interface Props {
  job: Job;
  /** What the button is called where there are several. */
  label?: string;
}

/** Stops a job that goes on. */
export function CancelJob({ job, label }: Props) {
  const cancel = useCancelJob();
  if (!isUnfinished(job)) return null;
  return (
    <button
      type="button"
      className="quiet compact"
      aria-label={label}
      disabled={cancel.isPending}
      onClick={() => cancel.mutate(job.id, { onError: (error) => notifyError(error) })}
    >
      Cancel
    </button>
  );
}
