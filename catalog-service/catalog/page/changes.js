// What changed in an image's labels, shown as `+Bird −Cat`.
import { element, named } from "./dom.js";

const MAX_CHANGES = 12;
const MARKS = { present: "+", absent: "−", unknown: "?" };

function statesOf(labeling) {
  const states = new Map((labeling?.absent ?? []).map(({ name }) => [name, "absent"]));
  (labeling?.tags ?? []).forEach(({ name }) => states.set(name, "present"));
  return states;
}

/** What changed from one labeling to the next, as a list of `{name, state}`. */
export function difference(older, newer) {
  const [before, after] = [statesOf(older), statesOf(newer)];
  const names = [...new Set([...after.keys(), ...before.keys()])];
  return names
    .map((name) => ({ name, state: after.get(name) ?? "unknown", was: before.get(name) ?? "unknown" }))
    .filter(({ state, was }) => state !== was);
}

/** Shows changes as `+Bird −Cat`. */
export function changesOf(changes) {
  const ordered = Object.keys(MARKS).flatMap((state) => changes.filter((change) => change.state === state));
  const marked = ordered.slice(0, MAX_CHANGES).map(({ name, state, was }) => {
    const title = was ? `${name}: ${was} before, now ${state}` : `${name}: ${state}`;
    return element("span", { className: `change ${state}`, title }, MARKS[state], named(name));
  });
  const rest = changes.length - marked.length;
  return rest > 0 ? [...marked, element("span", { className: "soft", textContent: `and ${rest} more` })] : marked;
}
