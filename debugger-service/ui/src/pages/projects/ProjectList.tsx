import type { Project } from "@/api/types";
import { Empty } from "@/components/Empty";
import { ProjectCard } from "./ProjectCard";
import styles from "./ProjectList.module.css";

interface Props {
  projects: Project[];
  onFile: (project: string, file: File) => void;
}

export function ProjectList({ projects, onFile }: Props) {
  if (!projects.length) {
    return (
      <Empty title="No project yet">
        <p className="soft">Drop a file with texts and labels: it becomes the first one.</p>
      </Empty>
    );
  }
  return (
    <ul className={styles.list} aria-label="Projects">
      {projects.map((project) => (
        <li key={project.id} className="card">
          <ProjectCard project={project} onFile={onFile} />
        </li>
      ))}
    </ul>
  );
}
