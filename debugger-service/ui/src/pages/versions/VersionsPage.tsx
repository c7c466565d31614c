import { useQuery } from "@tanstack/react-query";
import { projectQuery } from "@/api/projects";
import { Empty } from "@/components/Empty";
import { Page } from "@/components/Page";
import { Query } from "@/components/Query";
import { Tabs } from "@/components/Tabs";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { Changes } from "./Changes";
import { Export } from "./Export";
import { Proofs } from "./Proofs";
import type { VersionsSearch } from "./search";
import { Timeline } from "./Timeline";
import { Trend } from "./Trend";
import styles from "./VersionsPage.module.css";

const TABS = [
  { id: "proof", title: "Before and after" },
  { id: "changes", title: "Changes" },
  { id: "trend", title: "Over time" },
  { id: "export", title: "Export" },
] as const;
const PARTS = { proof: Proofs, changes: Changes, trend: Trend, export: Export };

/** What became of the data, what that gained, and the data as files. */
export function VersionsPage() {
  const query = useQuery(projectQuery(useProjectId()));
  return (
    <Page title="Versions" full>
      <Query query={query} label="the versions" lines={6}>
        {({ version }) =>
          version > 0 ? (
            <Parts latest={version} />
          ) : (
            <Empty title="No version yet">
              <p className="soft">Import a file on the page Projects: that makes the first one.</p>
            </Empty>
          )
        }
      </Query>
    </Page>
  );
}

function Parts({ latest }: { latest: number }) {
  const [{ view = "proof" }, setSearch] = useUrlState<VersionsSearch>();
  const Part = PARTS[view];
  return (
    <div className={styles.page}>
      <Timeline latest={latest} />
      <section className={styles.main} aria-label={TABS.find(({ id }) => id === view)?.title}>
        <Tabs label="About the versions" tabs={TABS} selected={view} onSelect={(next) => setSearch({ view: next })} />
        <div className={view === "changes" ? styles.fixed : styles.scroller}>
          <Part latest={latest} />
        </div>
      </section>
    </div>
  );
}
