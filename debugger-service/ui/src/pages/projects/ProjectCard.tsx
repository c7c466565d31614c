import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { Project } from "@/api/types";
import { useBeginAnalysis } from "@/app/useBeginAnalysis";
import { Menu } from "@/components/Menu";
import { disarmed } from "@/components/UserText";
import { formatAgo, plural } from "@/hooks/format";
import { lastPlace } from "@/hooks/last_place";
import styles from "./ProjectCard.module.css";
import { ProjectDialogs, type ProjectDialog } from "./ProjectDialogs";
import { ProjectWork } from "./ProjectWork";

interface Props {
  project: Project;
  onFile: (project: string, file: File) => void;
}

/** A project in the list: where it is, and what can be done with it. */
export function ProjectCard({ project, onFile }: Props) {
  const { id, name, rows, version, created_at, analysis_id } = project;
  const [dialog, setDialog] = useState<ProjectDialog>(null);
  const input = useRef<HTMLInputElement>(null);
  const begin = useBeginAnalysis(project);
  const entries = [
    { id: "import", title: "Import another file …", run: () => input.current?.click() },
    { id: "analyse", title: analysis_id ? "Analyse anew" : "Analyse", run: begin },
    { id: "rename", title: "Rename …", run: () => setDialog("rename") },
    { id: "delete", title: "Delete …", danger: true, run: () => setDialog("delete") },
  ];
  return (
    <div className={styles.card}>
      <div className={styles.words}>
        <h2>
          <Link to="/projects/$projectId/overview" params={{ projectId: id }}>
            <bdi dir="auto">{disarmed(name)}</bdi>
          </Link>
        </h2>
        <p className="soft small figures">
          {plural(rows, "row")} · version {version} · begun {formatAgo(created_at)}
        </p>
      </div>
      <div className={styles.actions}>
        <Continue project={project} />
        <Menu label={`More about ${name}`} entries={entries}>
          <span aria-hidden="true">⋯</span>
        </Menu>
      </div>
      <ProjectWork project={project} onAnalyse={begin} />
      <input
        ref={input}
        type="file"
        hidden
        aria-label={`File to import into ${name}`}
        onChange={({ target }) => {
          if (target.files?.[0]) onFile(id, target.files[0]);
          target.value = "";
        }}
      />
      <ProjectDialogs project={project} dialog={dialog} onClose={() => setDialog(null)} />
    </div>
  );
}

function Continue({ project: { id, rows } }: { project: Project }) {
  const place = lastPlace(id);
  if (!rows) return null;
  if (place) {
    return (
      <a className="button quiet" href={`#${place}`}>
        Continue where you were
      </a>
    );
  }
  return (
    <Link className="button quiet" to="/projects/$projectId/overview" params={{ projectId: id }}>
      Open
    </Link>
  );
}
