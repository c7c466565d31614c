import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { isUnfinished, projectJobsQuery } from "@/api/jobs";
import { kindsQuery } from "@/api/project_data";
import { projectQuery } from "@/api/projects";
import type { Job, Project } from "@/api/types";
import { Loading } from "@/components/Loading";
import { Page } from "@/components/Page";
import { useProjectId } from "@/hooks/url_state";
import { ClassCounts } from "./ClassCounts";
import { ErrorsLeft } from "./ErrorsLeft";
import { Heading } from "./Heading";
import { Issues } from "./Issues";
import { ModelQuality } from "./ModelQuality";
import { NoRows } from "./NoRows";
import { Notices } from "./Notices";
import { NotAnalysed } from "./NotAnalysed";
import styles from "./OverviewPage.module.css";
import { SplitCounts } from "./SplitCounts";
import { WeakSlices } from "./WeakSlices";
import { WorstPairs } from "./WorstPairs";

/** What matters first. */
export function OverviewPage() {
  const id = useProjectId();
  const { data: project } = useQuery(projectQuery(id));
  const jobs = useQuery(projectJobsQuery(id));
  const kinds = useQuery({ ...kindsQuery(id), enabled: Boolean(project?.analysis_id) });
  // What is above the figures must be known before they are shown, or they would jump.
  const isKnown = useDeferredValue(project !== undefined && !jobs.isPending && !kinds.isLoading);
  return (
    <Page title="Overview">
      {isKnown && project ? (
        <Overview key={id} project={project} jobs={jobs.data?.items ?? []} />
      ) : (
        <Loading label="the overview" lines={8} />
      )}
    </Page>
  );
}

interface Props {
  project: Project;
  jobs: Job[];
}

function Overview({ project, jobs }: Props) {
  const running = jobs.filter(isUnfinished);
  if (!project.rows) return <NoRows project={project} running={running} />;
  return (
    <div className={styles.page}>
      <Heading project={project} isAnalysing={running.some(({ kind }) => kind === "analyse")} />
      <Notices project={project} jobs={jobs} />
      {project.analysis_id ? <Analysed /> : <NotAnalysed project={project} jobs={jobs} />}
      <div className={styles.rows}>
        <SplitCounts />
        <ClassCounts />
      </div>
    </div>
  );
}

function Analysed() {
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        <ErrorsLeft />
        <Issues />
      </div>
      <div className={styles.column}>
        <ModelQuality />
        <WorstPairs />
        <WeakSlices />
      </div>
    </div>
  );
}
