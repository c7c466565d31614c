import { useEffect } from "react";

/** Names the tab after what is shown. */
export function useTitle(...parts: (string | undefined)[]): void {
  const title = [...parts.filter(Boolean), "Debugger"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
