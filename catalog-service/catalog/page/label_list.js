// The tags of the image that is edited: the checklist of the label schema, those known, those nobody looked for.
import { byIds, element, plural } from "./dom.js";
import { checkRow, labelRow, refreshRow } from "./label_rows.js";

const UNKNOWN_SHOWN = 50;
const [checklist, hint, known, unknown] = byIds("checklist", "checklist-hint", "labels", "unknown");
const [summary, others] = unknown.children;

const rows = () => [checklist, known, others].flatMap((list) => [...list.querySelectorAll("li.label")]);

export const hasRow = (name) => rows().some((row) => row.dataset.name === name);

/** The boxes of the checklist, in order. */
export const boxes = () => [...checklist.querySelectorAll("input")];

/** Shows all tags; `onSet(name, state)` is told what the user says of one. */
export function showTags(draft, looked, isComplete, onSet) {
  const shown = draft.names.filter((name) => !draft.isLookedFor(name));
  const isKnown = (name) => draft.stateOf(name) !== "unknown" || draft.isChanged(name);
  const rest = shown.filter((name) => !isKnown(name));
  checklist.replaceChildren(...looked.map((name, index) => checkRow(draft, name, index, onSet)));
  hint.hidden = looked.length === 0;
  known.replaceChildren(...shown.filter(isKnown).map((name) => labelRow(draft, name, onSet)));
  others.replaceChildren(...rest.slice(0, UNKNOWN_SHOWN).map((name) => labelRow(draft, name, onSet)));
  unknown.hidden = rest.length === 0;
  summary.textContent = `${isComplete ? "" : "More than "}${plural(rest.length, "tag")} nobody has looked for`;
  if (rest.length > UNKNOWN_SHOWN || !isComplete) {
    others.append(element("li", { className: "soft", textContent: "For the others type their names above." }));
  }
  refreshTags(draft);
}

/** Shows what has changed, without moving anything. */
export const refreshTags = (draft) => rows().forEach((row) => refreshRow(row, draft));

export const showNoTags = () => [checklist, known, others].forEach((list) => list.replaceChildren());
