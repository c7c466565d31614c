import { useQuery } from "@tanstack/react-query";
import { groupsQuery } from "@/api/issues";
import type { Issue, IssueKind } from "@/api/types";
import { Dialog } from "@/components/Dialog";
import { Query } from "@/components/Query";
import { UserText } from "@/components/UserText";
import { useProjectId } from "@/hooks/url_state";
import styles from "./Groups.module.css";
import { RowsLink } from "./RowsLink";

interface Props {
  kind: IssueKind | undefined;
  onClose: () => void;
}

/** The issues of a kind that are about groups of rows, each leading to its rows. */
export function Groups({ kind, onClose }: Props) {
  if (!kind) return null;
  return (
    <Dialog title={kind.title} wide onClose={onClose}>
      <p className="soft">{kind.description}</p>
      <Found kind={kind.name} />
    </Dialog>
  );
}

function Found({ kind }: { kind: string }) {
  const query = useQuery(groupsQuery(useProjectId(), kind));
  return (
    <Query query={query} label="the groups">
      {(items) => (
        <ul className={styles.groups}>
          {items.map((issue) => (
            <Group key={issue.rank} issue={issue} />
          ))}
        </ul>
      )}
    </Query>
  );
}

function Group({ issue: { reason, filter } }: { issue: Issue }) {
  return (
    <li>
      <UserText>{reason}</UserText>
      {filter && (
        <RowsLink filter={filter} className="nowrap">
          Show the rows
        </RowsLink>
      )}
    </li>
  );
}
