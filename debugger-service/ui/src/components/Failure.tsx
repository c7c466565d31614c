import { advice, asProblem } from "@/api/problem";
import styles from "./states.module.css";

interface Props {
  error: unknown;
  onRetry?: () => void;
  /** What could not be done, such as `The projects could not be loaded`. */
  title?: string;
}

/** Says in place of what is missing why it is, and what can be done. */
export function Failure({ error, onRetry, title = "This could not be loaded" }: Props) {
  const problem = asProblem(error);
  return (
    <div role="alert" className={styles.state}>
      <h2 className="bad">{title}</h2>
      <p>{problem.detail}</p>
      <p className="soft">{advice(problem)}</p>
      {problem.requestId && <p className="soft small">Request {problem.requestId}</p>}
      {onRetry && (
        <button type="button" className="quiet" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
