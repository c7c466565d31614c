import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { jobIn, useMakeMap } from "@/api/map";
import { asProblem } from "@/api/problem";
import { useAnalyse, projectKey } from "@/api/projects";
import { isUnfinished } from "@/api/jobs";
import { useJob } from "@/api/watching";
import { Empty } from "@/components/Empty";
import { Failure } from "@/components/Failure";
import { JobProgress } from "@/components/JobProgress";
import { notifyError } from "@/hooks/toasts";
import { useProjectId } from "@/hooks/url_state";

interface Props {
  /** Why the service gave no map. */
  error?: Error;
  /** Why the browser cannot draw one. */
  drawing?: Error;
  onRetry?: () => void;
}

/** Stands where the map would be, and says what to do. */
export function NoMap({ error, drawing, onRetry }: Props) {
  if (drawing) {
    return (
      <Empty title="The map cannot be drawn here">
        <p>{drawing.message} The map needs WebGL 2, which this browser or its settings do not give.</p>
        <p className="soft">
          The list has all rows: the filter, “similar rows” and the decisions work without the map. In another browser,
          or with hardware acceleration turned on, the map comes back.
        </p>
      </Empty>
    );
  }
  const problem = asProblem(error);
  const job = problem.status === 409 ? jobIn(problem.detail) : undefined;
  if (job) return <Making job={job} />;
  if (problem.status === 409) return <Unanalysed />;
  if (problem.status === 404) return <Unmade />;
  return <Failure error={error} title="The map could not be loaded" onRetry={onRetry} />;
}

function Making({ job: id }: { job: string }) {
  const project = useProjectId();
  const cache = useQueryClient();
  const { data: job } = useJob(id);
  const isOver = job !== undefined && !isUnfinished(job);
  useEffect(() => {
    if (isOver) void cache.invalidateQueries({ queryKey: [...projectKey(project), "map"] });
  }, [cache, project, isOver]);
  return (
    <Empty title="The map is being made">
      {job && <JobProgress job={job} label="The map is being made" />}
      <p className="soft">It appears here by itself; the list works meanwhile.</p>
    </Empty>
  );
}

function Unanalysed() {
  const analyse = useAnalyse();
  const project = useProjectId();
  return (
    <Empty title="No map before an analysis">
      <p>The analysis finds which rows are alike, and puts these side by side.</p>
      <button type="button" disabled={analyse.isPending} onClick={() => analyse.mutate(project)}>
        Analyse
      </button>
    </Empty>
  );
}

function Unmade() {
  const make = useMakeMap(useProjectId());
  return (
    <Empty title="This analysis has no map">
      <p>It may have been cancelled, or it failed.</p>
      <button
        type="button"
        disabled={make.isPending}
        onClick={() => make.mutate(undefined, { onError: (error) => notifyError(error) })}
      >
        Make the map
      </button>
    </Empty>
  );
}
