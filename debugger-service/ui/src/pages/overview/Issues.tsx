import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { kindsQuery } from "@/api/project_data";
import type { IssueKind } from "@/api/types";
import { Bar } from "@/components/Bar";
import { Query } from "@/components/Query";
import { openIssues } from "@/hooks/filters";
import { formatCount } from "@/hooks/format";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { Groups } from "./Groups";
import styles from "./Issues.module.css";
import { RowsLink } from "./RowsLink";
import type { OverviewSearch } from "./search";

/** Their issues are not about single rows: each has a filter of its own. */
const OF_GROUPS: readonly string[] = ["ambiguous_classes", "small_classes", "weak_slices"];

/** The kinds of issues, in the order in which people should go through them. */
export function Issues() {
  const query = useQuery(kindsQuery(useProjectId()));
  const [{ kind: opened }, setSearch] = useUrlState<OverviewSearch>();
  return (
    <section className="card" aria-labelledby="issues">
      <h2 id="issues">Issues</h2>
      <Query query={query} label="the issues" lines={8}>
        {({ kinds }) => (
          <>
            <Kinds kinds={kinds} onGroups={(kind) => setSearch({ kind })} />
            <Groups
              kind={kinds.find(({ name }) => name === opened && OF_GROUPS.includes(name))}
              onClose={() => setSearch({ kind: undefined })}
            />
          </>
        )}
      </Query>
    </section>
  );
}

interface KindsProps {
  kinds: IssueKind[];
  onGroups: (kind: string) => void;
}

function Kinds({ kinds, onGroups }: KindsProps) {
  const most = Math.max(1, ...kinds.map(({ open }) => open));
  return (
    <table className={styles.kinds}>
      <thead className="unseen">
        <tr>
          <th scope="col">Kind</th>
          <th scope="col">How many</th>
          <th scope="col">Open</th>
          <th scope="col">Found</th>
        </tr>
      </thead>
      <tbody>
        {kinds.map((kind) => (
          <tr key={kind.name} className={kind.found ? undefined : "soft"}>
            <th scope="row" title={kind.description}>
              <Name kind={kind} onGroups={onGroups} />
            </th>
            <td className={styles.bar}>
              {kind.found > 0 && (
                <Opening kind={kind} onGroups={onGroups} isRepeated>
                  <Bar share={kind.open / most} />
                </Opening>
              )}
            </td>
            <td className={`figures ${styles.number ?? ""}`}>
              <Open kind={kind} onGroups={onGroups} />
            </td>
            <td className={`figures soft ${styles.number ?? ""}`}>
              <Found kind={kind} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface KindProps {
  kind: IssueKind;
  onGroups: (kind: string) => void;
}

interface OpeningProps extends KindProps {
  /** Whether a link beside it says the same, so that it is for the mouse only. */
  isRepeated?: boolean;
  children: ReactNode;
}

function Name(props: KindProps) {
  const { title, found } = props.kind;
  return found ? <Opening {...props}>{title}</Opening> : <span>{title}</span>;
}

function Open(props: KindProps) {
  const { title, found, open } = props.kind;
  if (!found) return <>none</>;
  return (
    <Opening {...props}>
      {formatCount(open)}
      <span className="unseen"> open: {title}</span>
    </Opening>
  );
}

/** Leads to the open issues of a kind: to their rows, or to a list of the groups. */
function Opening({ kind: { name }, onGroups, isRepeated = false, children }: OpeningProps) {
  const repeated = isRepeated ? { tabIndex: -1, "aria-hidden": true } : {};
  if (OF_GROUPS.includes(name)) {
    return (
      <button type="button" className={`link ${styles.name ?? ""}`} onClick={() => onGroups(name)} {...repeated}>
        {children}
      </button>
    );
  }
  return (
    <RowsLink kind={name} filter={openIssues(name)} {...repeated}>
      {children}
    </RowsLink>
  );
}

function Found({ kind: { name, title, found, open } }: Pick<KindProps, "kind">) {
  if (!found || OF_GROUPS.includes(name) || found === open) return null;
  return (
    <RowsLink kind={name} filter={`issue.${name} > 0`}>
      of {formatCount(found)}
      <span className="unseen"> found: {title}</span>
    </RowsLink>
  );
}
