import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { kindsQuery } from "@/api/project_data";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { Page } from "@/components/Page";
import { openIssues } from "@/hooks/filters";
import { formatCount } from "@/hooks/format";
import { useProjectId } from "@/hooks/url_state";

/** What matters first. */
export function OverviewPage() {
  return (
    <Page title="Overview">
      <Issues id={useProjectId()} />
    </Page>
  );
}

function Issues({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(kindsQuery(id));
  if (error && !data) return <Failure error={error} title="Nothing to show yet" onRetry={() => void refetch()} />;
  if (!data) return <Loading label="the overview" lines={8} />;
  return (
    <section className="card">
      <h2>Issues</h2>
      <table>
        <tbody>
          {data.kinds.map(({ name, title, description, open }) => (
            <tr key={name}>
              <th scope="row">
                <Link
                  to="/projects/$projectId/review"
                  params={{ projectId: id }}
                  search={{ kind: name, filter: openIssues(name) }}
                >
                  {title}
                </Link>
              </th>
              <td className="figures">{formatCount(open)}</td>
              <td className="soft">{description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
