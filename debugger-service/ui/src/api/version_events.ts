import { useEffect, useEffectEvent } from "react";
import { address } from "./base";
import type { Version } from "./types";

/** A new data version, with the numbers of rows that it changed: the first thousand. */
export type VersionEvent = Version & { rows: number[] };

/**
 * Tells of each data version beyond `known` as it comes, while the page is in sight: a browser holds six connections to
 * a service at most, and tabs in the background would take them all.
 */
export function useVersionEvents(project: string, known: number | undefined, onVersion: (event: VersionEvent) => void) {
  const tell = useEffectEvent(onVersion);
  const first = useEffectEvent(() => known);
  const isKnown = known !== undefined;
  useEffect(() => {
    if (!isKnown) return undefined;
    let last = first();
    let source: EventSource | undefined;
    const follow = () => {
      source?.close();
      source = undefined;
      if (document.hidden) return;
      source = new EventSource(address(`projects/${project}/events`, { after: last }));
      source.addEventListener("version", (event) => {
        const version = JSON.parse(event.data as string) as VersionEvent;
        if (last !== undefined && version.number <= last) return;
        last = version.number;
        tell(version);
      });
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      source?.close();
    };
  }, [project, isKnown]);
}
