import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { mapQuery } from "@/api/map";
import { kindsQuery } from "@/api/project_data";
import { asProblem } from "@/api/problem";
import { FilterField } from "@/components/FilterField";
import { Loading } from "@/components/Loading";
import { Page } from "@/components/Page";
import { plural } from "@/hooks/format";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { Chips } from "./Chips";
import { among, classesOf } from "./colouring";
import { filterOf, isCategory } from "./filter";
import { Legend } from "./Legend";
import { MapCanvas } from "./MapCanvas";
import { NoMap } from "./NoMap";
import type { MapSearch } from "./search";
import { SidePanel } from "./SidePanel";
import styles from "./MapPage.module.css";

const FIELDS: readonly [string, string][] = [
  ["label", "Label"],
  ["given", "Label as imported"],
  ["prediction", "Prediction"],
  ["served", "Prediction of the model in use"],
  ["split", "Split"],
  ["status", "Status"],
  ["decision", "Decision"],
  ["confidence", "Confidence"],
  ["length", "Length"],
];

/** Every row as a point, near ones alike. */
export function MapPage() {
  const project = useProjectId();
  const [search, setSearch] = useUrlState<MapSearch>();
  const filter = filterOf(search);
  const narrowed = useQuery({ ...mapQuery(project, "split", filter), enabled: filter !== "" });
  const refusal = narrowed.error ? asProblem(narrowed.error) : null;
  const isBadFilter = filter !== "" && refusal !== null && [400, 422].includes(refusal.status);
  const onRow = (row: number | undefined) => setSearch({ row }, { replace: true });
  return (
    <Page title="Map" full>
      <div className={styles.bar}>
        <ColourChoice
          project={project}
          value={search.colour ?? "label"}
          onChange={(colour) => setSearch({ colour: colour === "label" ? undefined : colour, only: undefined })}
        />
        <div className={styles.filter}>
          <FilterField
            value={search.filter ?? ""}
            onChange={(typed) => setSearch({ filter: typed || undefined })}
            error={isBadFilter ? refusal.detail : undefined}
          />
        </div>
        <Chips search={search} onChange={setSearch} />
      </div>
      <div className={`card ${styles.parts ?? ""}`}>
        <div className={styles.map}>
          <Plane search={search} filter={filter} onChange={setSearch} onRow={onRow} />
        </div>
        <SidePanel
          project={project}
          filter={filter}
          like={search.like}
          row={search.row}
          onRow={onRow}
          onLike={(like) => setSearch({ like, lasso: undefined, row: like })}
        />
      </div>
    </Page>
  );
}

interface PlaneProps {
  search: MapSearch;
  filter: string;
  onChange: (change: Partial<MapSearch>) => void;
  onRow: (row: number | undefined) => void;
}

function Plane({ search, filter, onChange, onRow }: PlaneProps) {
  const project = useProjectId();
  const colour = search.colour ?? "label";
  const whole = useQuery(mapQuery(project, colour));
  const narrowed = useQuery({ ...mapQuery(project, "split", filter), enabled: filter !== "" });
  const [broken, setBroken] = useState<Error | null>(null);
  const points = useDeferredValue(whole.data);
  const found = filter === "" ? undefined : narrowed.data;
  const classes = useMemo(() => (points ? classesOf(points) : []), [points]);
  const lit = useMemo(() => (points && found ? among(points.numbers, found.numbers) : null), [points, found]);
  if (broken) return <NoMap drawing={broken} />;
  if (!points)
    return whole.isError ? (
      <NoMap error={whole.error} onRetry={() => void whole.refetch()} />
    ) : (
      <Loading label="the map" lines={10} />
    );
  return (
    <>
      <MapCanvas
        points={points}
        classes={classes}
        lit={lit}
        only={isCategory(colour) ? search.only : undefined}
        lasso={search.lasso}
        row={search.row}
        isLasso={search.tool === "lasso"}
        onTool={(isLasso) => onChange({ tool: isLasso ? "lasso" : undefined })}
        onLasso={(lasso) => onChange({ lasso })}
        onRow={onRow}
        onBroken={setBroken}
      />
      <Legend meaning={points.meaning} classes={classes} only={search.only} onOnly={(only) => onChange({ only })} />
      {points.leftOut > 0 && (
        <p className={`soft small ${styles.note ?? ""}`}>
          {plural(points.leftOut, "row")} came after the analysis and are on no map yet.
        </p>
      )}
    </>
  );
}

interface ChoiceProps {
  project: string;
  value: string;
  onChange: (colour: string) => void;
}

function ColourChoice({ project, value, onChange }: ChoiceProps) {
  const { data } = useQuery(kindsQuery(project));
  const kinds = data?.kinds.filter(({ found }) => found > 0) ?? [];
  return (
    <label className={styles.choice}>
      Colour
      <select className="input" value={value} onChange={({ target }) => onChange(target.value)}>
        {FIELDS.map(([field, title]) => (
          <option key={field} value={field}>
            {title}
          </option>
        ))}
        <optgroup label="Issues">
          {kinds.map(({ name, title }) => (
            <option key={name} value={`issue.${name}`}>
              {title}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}
