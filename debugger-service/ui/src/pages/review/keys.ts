import type { Shortcut } from "@/hooks/keys";
import type { Wish } from "./outcome";

/** What can be done with the row that is looked at. */
export interface Doing {
  decide: (wish: Wish) => void;
  /** Opens the choice of another label. */
  choose: () => void;
  step: (by: 1 | -1) => void;
  undo: () => void;
  /** From one row to the table, and back. */
  turn: () => void;
}

export const COMMENT_FIELD = "review-comment";

/** The keys of the page; a key that is held down does nothing more, except for those that only move. */
export function reviewKeys({ decide, choose, step, undo, turn }: Doing, isTable: boolean): Shortcut[] {
  const once = (run: () => void) => (event: KeyboardEvent) => {
    if (!event.repeat) run();
  };
  const [forward, back] = isTable ? ["ArrowDown", "ArrowUp"] : ["ArrowRight", "ArrowLeft"];
  return [
    { key: "a", title: "Accept the proposal", run: once(() => decide({ action: "accept" })) },
    { key: "k", title: "Keep the label", run: once(() => decide({ action: "keep" })) },
    { key: "l", title: "Another label: two letters, then Enter", run: once(choose) },
    { key: "/", title: "Another label", hidden: true, run: once(choose) },
    { key: "d", title: "Drop the row", run: once(() => decide({ action: "drop" })) },
    { key: "o", title: "Out of scope: belongs to no class", run: once(() => decide({ action: "out_of_scope" })) },
    { key: "s", title: "Skip", run: () => step(1) },
    { key: forward, title: "Next row", run: () => step(1) },
    { key: back, title: "Row before", run: () => step(-1) },
    { key: "u", title: "Undo your last decision", run: once(undo) },
    { key: "c", title: "Comment", run: once(() => document.getElementById(COMMENT_FIELD)?.focus()) },
    { key: "t", title: isTable ? "One row" : "Table", run: once(turn) },
  ];
}
