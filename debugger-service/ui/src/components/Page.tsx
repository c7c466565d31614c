import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { projectQuery } from "@/api/projects";
import { useTitle } from "@/hooks/title";
import { useProjectId } from "@/hooks/url_state";
import styles from "./Page.module.css";

interface Props {
  title: string;
  children: ReactNode;
  /** Shown on the page too; else the heading is for those who hear it, as the navigation shows the same. */
  headingShown?: boolean;
  /** As high as the window has room: what is in it scrolls, and not the page. */
  full?: boolean;
}

/** A project's page: names the tab, and gives the page its heading. */
export function Page({ title, children, headingShown = false, full = false }: Props) {
  const { data: project } = useQuery(projectQuery(useProjectId()));
  useTitle(title, project?.name);
  return (
    <>
      <h1 className={headingShown ? undefined : "unseen"}>{title}</h1>
      {full ? (
        <div className={styles.full}>
          <div className={styles.inside}>{children}</div>
        </div>
      ) : (
        children
      )}
    </>
  );
}
