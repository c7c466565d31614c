// Images that look almost the same.
import { go, link, read } from "./address.js";
import { get } from "./api.js";
import { byIds, element } from "./dom.js";
import { thumbnail } from "./tile.js";

const [section, list] = byIds("duplicates", "duplicates-list");
let shown = null;

function item({ image, distance }) {
  const title = `${image.name}: ${distance} of 64 bits differ`;
  const opener = element("a", { href: link({ ...read(), image: image.id }), title }, thumbnail(image));
  opener.setAttribute("aria-label", title);
  opener.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go({ ...read(), image: image.id }, { replace: true });
  };
  return element("li", {}, opener);
}

/** Shows an image's near duplicates, and nothing where there are none or they cannot be had. */
export async function showDuplicates(image) {
  shown = image;
  section.hidden = true;
  if (image.sha256 === null) return;
  const { items } = await get(`images/${image.id}/duplicates`).catch(() => ({ items: [] }));
  if (shown !== image) return;
  list.replaceChildren(...items.map(item));
  section.hidden = items.length === 0;
}
