// What keys do, in the gallery and in the dialog of an image.
import { byId } from "./dom.js";
import { isOpen, step } from "./detail.js";
import { filterField } from "./filter_bar.js";
import { current, move } from "./gallery_keys.js";
import { labelField, save, toggleNumber } from "./labels.js";
import { select, selected, toggle } from "./selection.js";

const help = byId("keys");

async function saveAndGo() {
  if (await save()) await step(1);
}

const DETAIL = {
  ArrowLeft: () => step(-1),
  ArrowRight: () => step(1),
  "/": () => labelField.focus(),
  s: save,
  S: saveAndGo,
};

const GALLERY = {
  "/": () => filterField.focus(),
  x: () => current() && toggle(current()),
  X: () => current() && toggle(current(), true),
  Escape: () => selected().length > 0 && select([]),
};

/** Whether the key is for the element that has the focus. */
function isTaken({ key, target }) {
  if (target.matches("select")) return !/^[1-9/?sS]$/.test(key);
  if (target.matches("input[type=radio], summary")) return key.startsWith("Arrow");
  return target.matches("textarea, input:not([type=checkbox], [type=file])");
}

function actionOf(event) {
  const { key } = event;
  if (key === "?") return () => help.showModal();
  if (!isOpen()) return GALLERY[key] ?? (() => move(key));
  if (/^[1-9]$/.test(key)) return () => toggleNumber(Number(key));
  return DETAIL[key];
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
  if (byId("question").open || help.open) return;
  const action = actionOf(event);
  if (action && action() !== false) event.preventDefault();
});
byId("help").onclick = () => help.showModal();
