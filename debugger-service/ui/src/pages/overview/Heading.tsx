import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { countsQuery, kindsQuery } from "@/api/project_data";
import { useEnrich } from "@/api/projects";
import type { Project } from "@/api/types";
import { useBeginAnalysis } from "@/app/useBeginAnalysis";
import { Menu } from "@/components/Menu";
import { formatAgo, formatMoment, plural } from "@/hooks/format";
import { rememberJob } from "@/hooks/started_jobs";
import { notifyError } from "@/hooks/toasts";
import styles from "./Heading.module.css";
import { RowsLink } from "./RowsLink";

interface Props {
  project: Project;
  isAnalysing: boolean;
}

/** The name of the service that is asked; its address is in the debugger's settings. */
const SERVED = "intent";

/** How much data there is and when it was analysed, and what can be done with it. */
export function Heading({ project, isAnalysing }: Props) {
  const { id } = project;
  const analyse = useBeginAnalysis(project);
  const enrich = useAsk(project);
  const entries = [
    { id: "analyse", title: project.analysis_id ? "Analyse again" : "Analyse", run: analyse },
    { id: "enrich", title: "Ask the model in use", detail: "for its predictions", run: enrich },
  ];
  return (
    <div className={styles.heading}>
      <Summary project={project} />
      <div className={styles.actions}>
        {project.analysis_id && (
          <Link className="button" to="/projects/$projectId/review" params={{ projectId: id }}>
            Review label errors
          </Link>
        )}
        <Link className="button quiet" to="/projects/$projectId/map" params={{ projectId: id }}>
          Map
        </Link>
        <Link
          className="button quiet"
          to="/projects/$projectId/versions"
          params={{ projectId: id }}
          search={{ view: "proof" }}
        >
          Prove the gain
        </Link>
        <button type="button" className={`quiet ${styles.wide ?? ""}`} disabled={isAnalysing} onClick={analyse}>
          {project.analysis_id ? "Analyse again" : "Analyse"}
        </button>
        <button type="button" className={`quiet ${styles.wide ?? ""}`} onClick={enrich}>
          Ask the model in use
        </button>
        <span className={styles.narrow}>
          <Menu label="More actions" entries={entries} className="quiet">
            <span aria-hidden="true">⋯</span>
          </Menu>
        </span>
      </div>
    </div>
  );
}

function Summary({ project: { id, rows, version, analysis_id } }: { project: Project }) {
  const { data: counts } = useQuery(countsQuery(id));
  const { data: found } = useQuery({ ...kindsQuery(id), enabled: analysis_id !== null });
  const classes = (counts?.facets.label ?? []).filter(([label]) => label !== null).length;
  const finished = found?.analysis.finished_at;
  return (
    <p className="figures">
      <RowsLink filter="">{plural(rows, "row")}</RowsLink>
      {counts && `, ${plural(classes, "class", "classes")}`}
      <span className="soft">
        {" · "}
        <Link to="/projects/$projectId/versions" params={{ projectId: id }} search={{ view: "changes" }}>
          version {version}
        </Link>
        {finished && (
          <>
            {" · analysed "}
            <time dateTime={finished} title={formatMoment(finished)}>
              {formatAgo(finished)}
            </time>
          </>
        )}
      </span>
    </p>
  );
}

function useAsk({ id, name }: Project): () => void {
  const { mutate } = useEnrich(id);
  return () =>
    mutate(SERVED, {
      onSuccess: (job) => rememberJob(job.id, { project: id, subject: name }),
      onError: (error) => notifyError(error),
    });
}
