// Moving through the gallery by keys; one tile at a time is in the order of Tab.
import { byId } from "./dom.js";
import { images, indexOf, loadMore, tileOf } from "./gallery.js";

const list = byId("gallery");
const linkOf = (id) => tileOf(id)?.querySelector("a");

/** The id of the image that has the focus, or had it last. */
export const current = () => list.querySelector("a[tabindex='0']")?.closest("li").dataset.id;

const columns = () => getComputedStyle(list).gridTemplateColumns.split(" ").length;

export function focusImage(id) {
  const link = linkOf(id);
  link?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: "nearest" });
}

const STEPS = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: () => -columns(),
  ArrowDown: columns,
  Home: () => -images.length,
  End: () => images.length,
};

/** Moves the focus; returns whether the key does that. */
export function move(key) {
  if (!(key in STEPS) || images.length === 0) return false;
  // An arrow from elsewhere only comes back to where the focus was.
  const step = key.startsWith("Arrow") && !list.contains(document.activeElement) ? 0 : STEPS[key]();
  const to = Math.min(Math.max(indexOf(current()) + step, 0), images.length - 1);
  focusImage(images[to].id);
  if (to + columns() >= images.length) loadMore();
  return true;
}

list.addEventListener("focusin", (event) => {
  const link = event.target.closest("li").querySelector("a");
  list.querySelectorAll("a[tabindex='0']").forEach((other) => { other.tabIndex = -1; });
  link.tabIndex = 0;
});
