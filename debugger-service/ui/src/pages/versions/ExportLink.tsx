import type { ReactNode } from "react";
import { address } from "@/api/base";
import { useProjectId } from "@/hooks/url_state";

interface Props {
  format: string;
  /** By default the latest. */
  version?: number;
  /** Of a patch list: the version it begins with. */
  since?: number;
  filter?: string;
  className?: string;
  children: ReactNode;
}

/** Lets the browser save an export. */
export function ExportLink({ format, version, since, filter, className, children }: Props) {
  const id = useProjectId();
  return (
    <a className={className} download href={address(`projects/${id}/export`, { format, version, since, filter })}>
      {children}
    </a>
  );
}
