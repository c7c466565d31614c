import { useQuery } from "@tanstack/react-query";
import { jobErrorsQuery } from "@/api/jobs";
import type { Job, JobError } from "@/api/types";
import { Dialog, DialogActions } from "@/components/Dialog";
import { Query } from "@/components/Query";
import { UserText } from "@/components/UserText";
import { plural } from "@/hooks/format";
import { notifyError } from "@/hooks/toasts";
import { downloadErrors } from "./error_report";
import styles from "./ImportErrors.module.css";

const SHOWN = 100;

/** The rows that an import could not take, and why. */
export function ImportErrors({ job, onClose }: { job: Job; onClose: () => void }) {
  const query = useQuery(jobErrorsQuery(job.id, SHOWN));
  return (
    <Dialog title={`${plural(job.failed, "row")} could not be imported`} wide onClose={onClose}>
      <Query query={query} label="the rows">
        {({ items, next_cursor }) => (
          <>
            <Errors items={items} />
            {next_cursor && <p className="soft small">The first {SHOWN} are shown; the file has them all.</p>}
          </>
        )}
      </Query>
      <DialogActions>
        <button type="button" onClick={() => void downloadErrors(job.id).catch(notifyError)}>
          Download all as CSV
        </button>
      </DialogActions>
    </Dialog>
  );
}

function Errors({ items }: { items: JobError[] }) {
  return (
    <table className={styles.errors}>
      <thead>
        <tr>
          <th scope="col">Row</th>
          <th scope="col">Begins with</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ number, subject, message }) => (
          <tr key={number}>
            <td className="figures">{number}</td>
            <td>
              <UserText lines={2}>{subject}</UserText>
            </td>
            <td>{message}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
