// Which images of the gallery are selected.
import { images, indexOf, tileOf } from "./gallery.js";

/** As many as one request labels. */
export const MAX_SELECTED = 1000;
const chosen = new Set();
let anchor = null;

export const selected = () => [...chosen];

function mark(id, on) {
  if (on && chosen.size >= MAX_SELECTED) return;
  chosen[on ? "add" : "delete"](id);
  const tile = tileOf(id);
  tile?.classList.toggle("selected", on);
  const box = tile?.querySelector("input");
  if (box) box.checked = on;
}

const changed = () => dispatchEvent(new Event("selectionchanged"));

/** Selects the image or no longer; with `range` all from the one before on do as this one does. */
export function toggle(id, range = false) {
  const on = !chosen.has(id);
  const [from, to] = [range ? indexOf(anchor) : -1, indexOf(id)].sort((one, other) => one - other);
  const ids = from < 0 ? [id] : images.slice(from, to + 1).map((image) => image.id);
  ids.forEach((each) => mark(each, on));
  anchor = id;
  changed();
}

/** Selects these and no others. */
export function select(ids) {
  [...chosen].forEach((id) => mark(id, false));
  ids.forEach((id) => mark(id, true));
  anchor = null;
  changed();
}
