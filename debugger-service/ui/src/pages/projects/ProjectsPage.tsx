import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { projectsQuery, useCreateProject } from "@/api/projects";
import { useSend } from "@/app/useSend";
import { NameDialog } from "@/components/NameDialog";
import { Query } from "@/components/Query";
import { useTitle } from "@/hooks/title";
import { notifyError } from "@/hooks/toasts";
import { DropZone } from "./DropZone";
import { ProjectList } from "./ProjectList";
import styles from "./ProjectsPage.module.css";

/** All projects, and a way to begin one. */
export function ProjectsPage() {
  useTitle("Projects");
  const query = useInfiniteQuery(projectsQuery());
  const [file, setFile] = useState<File | null>(null);
  const create = useCreateProject();
  const send = useSend();
  const begin = (name: string) => {
    if (!file) return;
    create.mutate({ name }, { onSuccess: ({ id }) => send(id, file), onError: (error) => notifyError(error) });
    setFile(null);
  };
  return (
    <div className={styles.page}>
      <h1>Projects</h1>
      <DropZone onFile={setFile} />
      <Query query={query} label="the projects">
        {(projects) => <ProjectList projects={projects} onFile={send} />}
      </Query>
      {query.hasNextPage && (
        <button type="button" className="quiet" onClick={() => void query.fetchNextPage()}>
          Show older projects
        </button>
      )}
      {file && (
        <NameDialog
          title="New project"
          label="Name"
          hint={`${file.name} is imported into it, then analysed.`}
          action="Import"
          initial={nameFrom(file)}
          onSubmit={begin}
          onClose={() => setFile(null)}
        />
      )}
    </div>
  );
}

const nameFrom = ({ name }: File) => name.replace(/(\.(csv|jsonl?|ndjson|gz|zip|txt))+$/i, "");
