// Tells that somebody else was faster, and keeps what the user wanted to change.
import { get } from "./api.js";
import { changesOf } from "./changes.js";
import { byId } from "./dom.js";

const [box, text, list, apply, discard] = ["", "-text", "-changes", "-apply", "-discard"].map((part) =>
  byId(`conflict${part}`));

/** Resolves to what happened meanwhile, in words. */
export async function whoWasFaster(image) {
  const { items } = await get(`images/${image.id}/labelings?limit=1`);
  return items.length ? `${items[0].author} has saved version ${items[0].version}.` : "";
}

/** Shows the changes that were not saved, hides all of it where there are none. */
export function showConflict(changes, told, onApply, onDiscard) {
  box.hidden = changes.length === 0;
  list.replaceChildren(...changesOf(changes));
  [apply.onclick, discard.onclick] = [onApply, onDiscard];
  text.textContent = `Somebody else was faster. ${told} Below are the labels as they are now. Your changes are kept:`;
  if (!told || box.hidden) return;
  box.scrollIntoView({ block: "center" });
  apply.focus();
}
