import { useQuery } from "@tanstack/react-query";
import { calibrationQuery } from "@/api/trend";
import { asProblem } from "@/api/problem";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { Segments } from "@/components/Segments";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { ReliabilityChart } from "./ReliabilityChart";
import type { VersionsSearch } from "./search";

const SOURCES = [
  { id: "out_of_sample", title: "Out of sample", hint: "Models that have not seen the row" },
  { id: "served", title: "Model in use" },
] as const;
const CONFLICT = 409;

/** Whether a model is right as often as it is sure, for the data as they are now. */
export function Reliability() {
  const [{ source = "out_of_sample" }, setSearch] = useUrlState<VersionsSearch>();
  const { data, error, refetch } = useQuery(calibrationQuery(useProjectId(), source));
  return (
    <section className="card" aria-labelledby="reliability">
      <h2 id="reliability">Sure and right?</h2>
      <Segments
        label="Whose answers"
        options={SOURCES}
        selected={source}
        onSelect={(next) => setSearch({ source: next })}
      />
      {data ? (
        <ReliabilityChart calibration={data} />
      ) : error && asProblem(error).status === CONFLICT ? (
        <p className="soft">{asProblem(error).detail}</p>
      ) : error ? (
        <Failure error={error} title="The calibration could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <Loading label="the calibration" lines={6} />
      )}
    </section>
  );
}
