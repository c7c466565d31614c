import { Link, useParams } from "@tanstack/react-router";
import { askAuthor, useAuthor } from "@/hooks/author";
import styles from "./Header.module.css";
import { JobsTray } from "./JobsTray";
import { Navigation } from "./Navigation";
import { ProjectSwitcher } from "./ProjectSwitcher";
import { ThemeMenu } from "./ThemeMenu";

/** The bar on top: where one is, where one can go, and what goes on. */
export function Header({ onHelp }: { onHelp: () => void }) {
  const { projectId } = useParams({ strict: false });
  const author = useAuthor();
  return (
    <header className={styles.header}>
      <Link to="/" className={`${styles.name ?? ""} ${projectId ? (styles.inProject ?? "") : ""}`}>
        Debugger
      </Link>
      <ProjectSwitcher current={projectId} />
      {projectId && <Navigation project={projectId} />}
      <div className={styles.tools}>
        <JobsTray />
        <button type="button" className={`bare ${styles.author ?? ""}`} onClick={() => void askAuthor()}>
          {author ? (
            <>
              <span className="unseen">You are </span>
              <bdi dir="auto">{author}</bdi>
            </>
          ) : (
            "Who are you?"
          )}
        </button>
        <ThemeMenu />
        <button type="button" className="bare" aria-label="Keyboard help" title="Keyboard (?)" onClick={onHelp}>
          <kbd>?</kbd>
        </button>
      </div>
    </header>
  );
}
