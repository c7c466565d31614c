import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { countsQuery } from "@/api/project_data";
import { FilterField } from "@/components/FilterField";
import { Segments } from "@/components/Segments";
import { formatCount, plural } from "@/hooks/format";
import { useProjectId } from "@/hooks/url_state";
import styles from "./Export.module.css";
import { ExportLink } from "./ExportLink";
import { VersionSelect } from "./VersionSelect";

const FORMATS = [
  { id: "original", title: "As it came", hint: "The format of the file that was imported last" },
  { id: "csv", title: "CSV" },
  { id: "jsonl", title: "JSONL" },
] as const;
const FIRST = 1;

/** The data of any version as a file, and what people changed as a list. */
export function Export({ latest }: { latest: number }) {
  const id = useProjectId();
  const [format, setFormat] = useState<(typeof FORMATS)[number]["id"]>("original");
  const [version, setVersion] = useState(latest);
  const [since, setSince] = useState(FIRST);
  const [filter, setFilter] = useState("");
  const counts = useQuery(countsQuery(id, filter));
  const error = filter && counts.error ? asProblem(counts.error).detail : undefined;
  const whole = { version: filter ? undefined : version };
  return (
    <div className={styles.page}>
      <section className="card" aria-labelledby="data">
        <h2 id="data">The data</h2>
        <div className={styles.choices}>
          <Segments label="Format" options={FORMATS} selected={format} onSelect={setFormat} />
          {filter ? (
            <span className="small soft">Of the latest version, as filters find rows as they are now</span>
          ) : (
            <VersionSelect label="Version" value={version} onChange={setVersion} />
          )}
        </div>
        <FilterField value={filter} onChange={setFilter} error={error} placeholder='All rows, or: split = "training"' />
        <p>
          {error ? null : (
            <ExportLink className="button" format={format} filter={filter} {...whole}>
              Download{filter && counts.data ? ` ${plural(counts.data.rows, "row")}` : ""}
            </ExportLink>
          )}{" "}
          <span className="small soft">Without what was dropped. Labels are those of the version.</span>
        </p>
      </section>
      <section className="card" aria-labelledby="patch">
        <h2 id="patch">The patch list</h2>
        <p className="small soft">
          What people changed, row by row: the text’s id, the label before and after, who, and when. For those who keep
          the data elsewhere and want to follow.
        </p>
        <div className={styles.choices}>
          <VersionSelect label="From" least={0} value={since} onChange={setSince} />
          <VersionSelect label="to" value={version} onChange={setVersion} />
        </div>
        <p>
          <ExportLink className="button quiet" format="patch" version={version} since={since}>
            Download the patch list
          </ExportLink>{" "}
          {since >= version && <span className="small warn">From {formatCount(since)} on there is nothing yet.</span>}
        </p>
      </section>
    </div>
  );
}
