import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failure } from "./Failure";
import { Loading } from "./Loading";

interface Props<T> {
  query: UseQueryResult<T>;
  /** What is asked for, such as `projects`. */
  label: string;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** Shows what a query brought, or that it is under way, or why it failed; what is known already stays. */
export function Query<T>({ query, label, lines, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return <Failure error={query.error} title={`Could not load ${label}`} onRetry={() => void query.refetch()} />;
  }
  return <Loading label={label} lines={lines} />;
}
