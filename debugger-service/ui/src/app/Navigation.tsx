import { Link, useNavigate } from "@tanstack/react-router";
import { useKeys } from "@/hooks/keys";
import styles from "./Navigation.module.css";

const PAGES = [
  { to: "/projects/$projectId/overview", title: "Overview", key: "g o" },
  { to: "/projects/$projectId/review", title: "Review", key: "g r" },
  { to: "/projects/$projectId/map", title: "Map", key: "g m" },
  { to: "/projects/$projectId/confusion", title: "Confusion", key: "g c" },
  { to: "/projects/$projectId/try", title: "Try it", key: "g t" },
  { to: "/projects/$projectId/versions", title: "Versions", key: "g v" },
] as const;

/** The pages of a project. */
export function Navigation({ project }: { project: string }) {
  const navigate = useNavigate();
  useKeys(
    "Pages",
    PAGES.map(({ to, title, key }) => ({
      key,
      title,
      run: () => void navigate({ to, params: { projectId: project } }),
    })),
  );
  return (
    <nav aria-label="Pages of the project" className={styles.pages}>
      {PAGES.map(({ to, title }) => (
        <Link key={to} to={to} params={{ projectId: project }} activeOptions={{ includeSearch: false }}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
