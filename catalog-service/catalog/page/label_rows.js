// How a tag is shown in the editor: a switch of three states, or a tick of the checklist.
import { element, named } from "./dom.js";

const STATES = { present: "✓", absent: "✕", unknown: "?" };
const NUMBERED = 9;
let count = 0;

function choice(group, name, state, value, onSet) {
  const input = element("input", { type: "radio", name: group, value, checked: state === value, "aria-label": value });
  input.onchange = () => onSet(name, value);
  return element("label", { className: value, title: value }, input, element("span", { textContent: STATES[value] }));
}

/** A tag with its three states. */
export function labelRow(draft, name, onSet) {
  const group = `label-${++count}`;
  const state = draft.stateOf(name);
  const choices = Object.keys(STATES).map((value) => choice(group, name, state, value, onSet));
  const made = element("li", { className: "label" }, named(name),
    element("span", { className: "switch", role: "radiogroup", "aria-label": name }, ...choices));
  made.dataset.name = name;
  return made;
}

/** A tag of the checklist: present or absent; the first nine have a key. */
export function checkRow(draft, name, index, onSet) {
  const box = element("input", { type: "checkbox", checked: draft.stateOf(name) === "present" });
  box.onchange = () => onSet(name, box.checked ? "present" : "absent");
  const made = element("li", { className: "label" });
  const label = element("label", { className: "check" }, box, named(name));
  if (index < NUMBERED) label.append(element("kbd", { textContent: index + 1, "aria-hidden": "true" }));
  made.append(label);
  made.dataset.name = name;
  return made;
}

/** Shows in a row what has changed of its tag. */
export function refreshRow(made, draft) {
  const state = draft.stateOf(made.dataset.name);
  made.classList.toggle("changed", draft.isChanged(made.dataset.name));
  made.dataset.state = state;
  made.querySelectorAll("input").forEach((input) => {
    input.checked = input.type === "radio" ? input.value === state : state === "present";
  });
}
