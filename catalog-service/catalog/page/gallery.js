// The images that the filter finds, the newest first.
import { filterQuery, read } from "./address.js";
import { isAbort } from "./api.js";
import { counted, total } from "./count.js";
import { byId, byIds } from "./dom.js";
import { Listing } from "./listing.js";
import { tellEmpty, tellError, tellNothing } from "./message.js";
import { refreshTile, tile } from "./tile.js";

const PAGE = 60;
const AHEAD = "1200px";
const [list, more, count] = byIds("gallery", "more", "count");
const tiles = new Map();
let listing = new Listing("images");
let loading = null;
let all = null;
let looking = false;

/** The images loaded so far, in order. */
export const images = [];
export const tileOf = (id) => tiles.get(id);
export const indexOf = (id) => images.findIndex((image) => image.id === id);
export const isComplete = () => listing.ended;

function show(found, put) {
  const added = found.filter(({ id }) => !tiles.has(id));
  added.forEach((image) => tiles.set(image.id, tile(image)));
  put(...added.map(({ id }) => tiles.get(id)));
  if (!list.querySelector("a[tabindex='0']") && list.firstChild) list.querySelector("a").tabIndex = 0;
  return added;
}

function showCount() {
  more.hidden = listing.ended;
  more.textContent = looking ? "Looking for more images …" : "More images";
  count.textContent = counted(images.length, listing.ended, all, looking);
}

/** Loads on until there are more images, or no more pages; resolves when they are shown. */
export function loadMore() {
  const mine = (loading ??= loadPage(listing).finally(() => {
    if (loading === mine) loading = null;
  }));
  return mine;
}

async function loadPage(from) {
  tellNothing();
  list.setAttribute("aria-busy", "true");
  try {
    let added = [];
    while (added.length === 0 && !from.ended) {
      const found = await from.next();
      if (from !== listing) return;
      added = show(found, (...made) => list.append(...made));
      images.push(...added);
      // Where images that fulfil the filter lie far apart, the service answers with a short page, or an empty one.
      looking = added.length === 0 && !from.ended;
      showCount();
    }
    if (images.length === 0) tellEmpty();
    lookAgain();
  } catch (error) {
    if (isAbort(error)) return;
    [more.hidden, looking] = [true, false];
    count.textContent = "";
    tellError(error, loadMore);
  }
  list.setAttribute("aria-busy", "false");
}

/** Shows the images of the filter in the address, from the newest on. */
export function load() {
  const view = read();
  listing.stop();
  listing = new Listing("images", [...filterQuery(view), ["order", "newest"], ["limit", PAGE]]);
  [images.length, loading, all, looking] = [0, null, null, false];
  tiles.clear();
  list.replaceChildren();
  [count.textContent, more.hidden] = ["Loading …", true];
  countAll(view, listing);
  return loadMore();
}

async function countAll(view, of) {
  const number = await total(view).catch(() => null);
  if (of !== listing) return;
  all = number;
  if (images.length > 0) showCount();
}

/** Puts a new image first. */
export function prepend(image) {
  tellNothing();
  images.unshift(...show([image], (...made) => list.prepend(...made)));
  showCount();
}

/** Shows what has changed of an image. */
export function update(image) {
  const at = indexOf(image.id);
  if (at < 0) return;
  images[at] = image;
  refreshTile(tiles.get(image.id), image);
}

export function drop(id) {
  const at = indexOf(id);
  if (at < 0) return;
  images.splice(at, 1);
  tiles.get(id).remove();
  tiles.delete(id);
  showCount();
  if (images.length === 0 && listing.ended) tellEmpty();
}

more.onclick = loadMore;
byId("refresh").onclick = load;
const bottom = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && loadMore(), {
  rootMargin: AHEAD,
});
bottom.observe(more);

/** Loads on where the end is still in sight after a short page: the observer only tells what changes. */
function lookAgain() {
  bottom.unobserve(more);
  bottom.observe(more);
}
