import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { JOBS } from "@/api/jobs";
import { PROJECTS } from "@/api/projects";
import { beginUpload } from "./uploads";

/** Sends a file to be imported into a project. */
export function useSend(): (project: string, file: File) => void {
  const cache = useQueryClient();
  return useCallback(
    (project, file) => {
      const refresh = () => {
        void cache.invalidateQueries({ queryKey: JOBS });
        void cache.invalidateQueries({ queryKey: PROJECTS });
      };
      void beginUpload(project, file, refresh);
    },
    [cache],
  );
}
