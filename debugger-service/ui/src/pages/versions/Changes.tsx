import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { differencesQuery, type Difference } from "@/api/versions";
import { Empty } from "@/components/Empty";
import { Label } from "@/components/Label";
import { Query } from "@/components/Query";
import { UserText } from "@/components/UserText";
import { VirtualList } from "@/components/VirtualList";
import { plural } from "@/hooks/format";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import styles from "./Changes.module.css";
import { ContainsField } from "./ContainsField";
import { ExportLink } from "./ExportLink";
import type { VersionsSearch } from "./search";
import { VersionSelect } from "./VersionSelect";

const USUAL_HEIGHT = 64;

/** The rows that two versions see differently. */
export function Changes({ latest }: { latest: number }) {
  const id = useProjectId();
  const [{ from = 1, to = latest, contains = "" }, setSearch] = useUrlState<VersionsSearch>();
  const query = useInfiniteQuery(differencesQuery(id, from, to, contains));
  return (
    <>
      <div className={styles.bar}>
        <VersionSelect label="From" least={0} value={from} onChange={(next) => setSearch({ from: next })} />
        <VersionSelect label="to" value={to} onChange={(next) => setSearch({ to: next })} />
        <ContainsField value={contains} onChange={(next) => setSearch({ contains: next || undefined })} />
        <ExportLink format="patch" version={to} since={from} className="small">
          Download as a patch list
        </ExportLink>
      </div>
      <Query query={query} label="the changes" lines={8}>
        {(changes) =>
          changes.length === 0 ? (
            <Empty title={contains ? "No change contains that" : "No row differs"}>
              <p className="soft">
                {from >= to
                  ? "Choose an older version to begin with."
                  : contains
                    ? "Texts and labels are looked through, in whatever case."
                    : "What these versions did was undone again, or left every label as it was."}
              </p>
            </Empty>
          ) : (
            <>
              <p role="status" className="small soft">
                {query.hasNextPage ? "More than " : ""}
                {plural(changes.length, "row differs", "rows differ")} between version {from} and {to}
              </p>
              <div className={styles.list}>
                <VirtualList
                  items={changes}
                  keyOf={({ number }) => number}
                  label="Rows that differ"
                  estimate={USUAL_HEIGHT}
                  onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
                >
                  {(change) => <Change change={change} />}
                </VirtualList>
              </div>
            </>
          )
        }
      </Query>
    </>
  );
}

function Change({ change: { number, text, before, after, version } }: { change: Difference }) {
  return (
    <div className={styles.change}>
      <Link
        to="/projects/$projectId/review"
        params={{ projectId: useProjectId() }}
        search={{ filter: `number = ${number}`, row: number }}
        className={styles.text}
      >
        <UserText lines={2}>{text}</UserText>
      </Link>
      <p className={styles.states}>
        {before ? <State state={before} tone="old" /> : <span className="soft small">new row</span>}
        <span aria-label="becomes" role="img">
          →
        </span>
        <State state={after} tone="new" />
      </p>
      <span className="small soft figures">v{version}</span>
    </div>
  );
}

function State({ state: { label, status, decision }, tone }: { state: Difference["after"]; tone: "old" | "new" }) {
  if (status === "dropped") return <span className="badge bad">dropped</span>;
  if (status === "out_of_scope") return <span className="badge warn">out of scope</span>;
  return (
    <>
      <Label tone={tone}>{label}</Label>
      {tone === "new" && decision === "keep" && <span className="small soft">kept</span>}
    </>
  );
}
