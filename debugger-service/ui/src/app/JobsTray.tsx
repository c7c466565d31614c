import { isUnfinished } from "@/api/jobs";
import type { Job } from "@/api/types";
import { CancelJob } from "@/components/CancelJob";
import { JobProgress } from "@/components/JobProgress";
import { Query } from "@/components/Query";
import { formatAgo } from "@/hooks/format";
import { nameOf } from "./job_names";
import styles from "./JobsTray.module.css";
import { useKnownJobs } from "./known_jobs";

const SHOWN = 8;

/** The work that goes on in the background: how far it is, how long it takes, and a way to stop it. */
export function JobsTray() {
  const { query } = useKnownJobs();
  const running = query.data?.items.filter(isUnfinished).length ?? 0;
  return (
    <>
      <button type="button" className="bare" popoverTarget="jobs">
        Jobs
        {running > 0 && (
          <span className={styles.count}>
            {running}
            <span className="unseen"> going on</span>
          </span>
        )}
      </button>
      <div id="jobs" popover="auto" role="dialog" aria-label="Jobs" className={styles.tray}>
        <h2>Jobs</h2>
        <Query query={query} label="the jobs">
          {({ items }) => (items.length ? <Jobs items={items.slice(0, SHOWN)} /> : <p className="soft">None yet.</p>)}
        </Query>
      </div>
    </>
  );
}

function Jobs({ items }: { items: Job[] }) {
  return (
    <ul className={styles.list}>
      {items.map((job) => (
        <li key={job.id}>
          <div className={styles.title}>
            <strong>{nameOf(job)}</strong>
            <span className="soft small">{formatAgo(job.created_at)}</span>
          </div>
          <JobProgress job={job} label={nameOf(job)} />
          <CancelJob job={job} label={`Cancel ${nameOf(job)}`} />
        </li>
      ))}
    </ul>
  );
}
