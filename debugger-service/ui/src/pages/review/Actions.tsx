import type { ReactNode } from "react";
import type { Issue } from "@/api/types";
import type { Doing } from "./keys";
import styles from "./Actions.module.css";

interface Props {
  doing: Doing;
  proposal: Issue | undefined;
  isKnown: boolean;
}

/** What can be done with the row, each with its key. */
export function Actions({ doing: { decide, choose }, proposal, isKnown }: Props) {
  return (
    <div className={styles.actions} role="group" aria-label="Decide">
      <Key of="a" isFirst isOff={isKnown && !proposal} run={() => decide({ action: "accept" })}>
        {proposal ? accepting(proposal) : "Accept"}
      </Key>
      <Key of="k" run={() => decide({ action: "keep" })}>
        Keep
      </Key>
      <Key of="l" run={choose}>
        Other label
      </Key>
      <Key of="d" run={() => decide({ action: "drop" })}>
        Drop
      </Key>
      <Key of="o" run={() => decide({ action: "out_of_scope" })}>
        Out of scope
      </Key>
    </div>
  );
}

const accepting = ({ action }: Issue) =>
  action === "relabel" ? "Accept label" : action === "drop" ? "Accept: drop" : "Accept: out of scope";

/** Going on without a decision, and back. */
export function Steps({ doing: { step, undo } }: { doing: Doing }) {
  return (
    <div className={styles.actions} role="group" aria-label="Go through the rows">
      <Key of="u" run={undo}>
        Undo
      </Key>
      <button type="button" className="quiet compact" aria-label="Row before" onClick={() => step(-1)}>
        <span aria-hidden="true">←</span>
      </button>
      <Key of="s" run={() => step(1)}>
        Skip
      </Key>
    </div>
  );
}

interface KeyProps {
  of: string;
  isFirst?: boolean;
  isOff?: boolean;
  run: () => void;
  children: ReactNode;
}

function Key({ of, isFirst = false, isOff = false, run, children }: KeyProps) {
  return (
    <button
      type="button"
      className={`${isFirst ? "" : "quiet"} ${styles.action ?? ""}`}
      aria-keyshortcuts={of}
      disabled={isOff}
      onClick={run}
    >
      {children}
      <kbd aria-hidden="true" className={isFirst ? styles.onAccent : undefined}>
        {of}
      </kbd>
    </button>
  );
}
