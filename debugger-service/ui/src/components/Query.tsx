import type { UseQueryResult } from "@tanstack/react-query";
import { useDeferredValue, type ReactNode } from "react";
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
  // What has come is drawn in small steps: in one, a slow phone would take no touch meanwhile.
  const data = useDeferredValue(query.data);
  if (data !== undefined) return children(data);
  if (query.isError) {
    return <Failure error={query.error} title={`Could not load ${label}`} onRetry={() => void query.refetch()} />;
  }
  return <Loading label={label} lines={lines} />;
}
