import { dismiss, useToasts, type Toast } from "@/hooks/toasts";
import styles from "./Toasts.module.css";

/** What has just happened, said in the corner and to those who hear the page. */
export function Toasts() {
  const toasts = useToasts();
  return (
    <div className={styles.corner}>
      <div role="status" aria-live="polite">
        {toasts.map((toast) => toast.tone === "plain" && <Message key={toast.id} toast={toast} />)}
      </div>
      <div role="alert">{toasts.map((toast) => toast.tone === "bad" && <Message key={toast.id} toast={toast} />)}</div>
    </div>
  );
}

function Message({ toast: { id, tone, text, advice, action } }: { toast: Toast }) {
  return (
    <div className={`${styles.toast ?? ""} ${styles[tone] ?? ""}`}>
      <div className={styles.words}>
        <p>{text}</p>
        {advice && <p className="small">{advice}</p>}
      </div>
      {action && (
        <button
          type="button"
          className="quiet compact"
          onClick={() => {
            dismiss(id);
            action.run();
          }}
        >
          {action.title}
        </button>
      )}
      <button type="button" className={`bare ${styles.close ?? ""}`} aria-label="Dismiss" onClick={() => dismiss(id)}>
        <span aria-hidden="true">✕</span>
      </button>
    </div>
  );
}
