import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { projectsQuery } from "@/api/projects";
import { Menu } from "@/components/Menu";
import { formatCount } from "@/hooks/format";
import styles from "./ProjectSwitcher.module.css";

/** Which project is open, and a menu of the others. */
export function ProjectSwitcher({ current }: { current: string | undefined }) {
  const navigate = useNavigate();
  const { data: projects } = useInfiniteQuery({ ...projectsQuery(), enabled: current !== undefined });
  if (!current) return null;
  const open = (projectId: string) => void navigate({ to: "/projects/$projectId/overview", params: { projectId } });
  const entries = (projects ?? []).map(({ id, name, rows }) => ({
    id,
    title: name,
    detail: formatCount(rows),
    run: () => open(id),
  }));
  const all = { id: "all", title: "All projects …", run: () => void navigate({ to: "/" }) };
  const name = projects?.find(({ id }) => id === current)?.name ?? "Project";
  return (
    <Menu
      label={`Project ${name}: choose another`}
      entries={[...entries, all]}
      selected={current}
      className="quiet compact"
    >
      <bdi dir="auto" className={styles.name}>
        {name}
      </bdi>
      <span aria-hidden="true"> ▾</span>
    </Menu>
  );
}
