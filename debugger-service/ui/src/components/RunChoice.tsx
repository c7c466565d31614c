import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Query } from "./Query";
import styles from "./RunChoice.module.css";

interface Props<T> {
  /** The runs, the newest first. */
  query: UseInfiniteQueryResult<T[]>;
  /** What one is called, such as `Proof`. */
  noun: string;
  /** What all are called where they are asked for. */
  label: string;
  lines: number;
  /** The one in the address; without it the newest is shown. */
  chosen: string | undefined;
  onChoose: (id: string) => void;
  titleOf: (run: T) => string;
  /** The button that begins another one. */
  begin: ReactNode;
  /** Stands there before the first. */
  empty: ReactNode;
  children: (id: string) => ReactNode;
}

/** One of what was tried over time, with a choice among the others. */
export function RunChoice<T extends { id: string }>({ query, noun, label, lines, chosen, ...rest }: Props<T>) {
  const { onChoose, titleOf, begin, empty, children } = rest;
  return (
    <Query query={query} label={label} lines={lines}>
      {(runs) => {
        const shown = chosen ?? runs[0]?.id;
        if (shown === undefined) return empty;
        return (
          <div className={styles.page}>
            <div className={styles.bar}>
              <label className={styles.choice}>
                <span className="small soft">{noun}</span>
                <select className="input" value={shown} onChange={({ target }) => onChoose(target.value)}>
                  {!runs.some(({ id }) => id === shown) && <option value={shown}>An older one</option>}
                  {runs.map((run) => (
                    <option key={run.id} value={run.id}>
                      {titleOf(run)}
                    </option>
                  ))}
                </select>
              </label>
              {query.hasNextPage && (
                <button type="button" className="link small" onClick={() => void query.fetchNextPage()}>
                  Older {noun.toLowerCase()}s
                </button>
              )}
              {begin}
            </div>
            {children(shown)}
          </div>
        );
      }}
    </Query>
  );
}
