import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useProjectId } from "@/hooks/url_state";

interface Props {
  /** Which rows; empty for all. */
  filter: string;
  /** The kind of issue that is gone through. */
  kind?: string;
  order?: string;
  className?: string;
  tabIndex?: number;
  "aria-hidden"?: boolean;
  children: ReactNode;
}

/** Leads to the rows that a number or bar summarises. */
export function RowsLink({ filter, kind, order, children, ...others }: Props) {
  return (
    <Link
      to="/projects/$projectId/review"
      params={{ projectId: useProjectId() }}
      search={{ filter, kind, order, view: kind ? undefined : "table" }}
      {...others}
    >
      {children}
    </Link>
  );
}
