import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/**
 * The page's state as the address has it, and what changes some of it. A change is a step that Back undoes; with
 * `replace` it is none, as while a person types. What is `undefined` leaves the address.
 */
export function useUrlState<S extends object>(): [S, (change: Partial<S>, options?: { replace?: boolean }) => void] {
  const search = useSearch({ strict: false }) as unknown as S;
  const navigate = useNavigate();
  const change = useCallback(
    (some: Partial<S>, { replace = false } = {}) => {
      void navigate({ to: ".", search: (before: object) => ({ ...before, ...some }) as never, replace });
    },
    [navigate],
  );
  return [search, change];
}

/** The id of the project that the address names. */
export function useProjectId(): string {
  const { projectId } = useParams({ strict: false });
  if (!projectId) throw new Error("This part is shown within a project only.");
  return projectId;
}
