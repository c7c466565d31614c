// The versions of an image's labels: who said what when, and what changed.
import { isAbort, post } from "./api.js";
import { author } from "./author.js";
import { changesOf, difference } from "./changes.js";
import { button, byIds, element, named } from "./dom.js";
import { Listing } from "./listing.js";
import { notify, notifyError } from "./notices.js";

const PAGE = 21;
const SOURCES = { model: "by a model", import: "imported" };
const [list, more] = byIds("versions", "versions-more");
const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
let shown = { listing: new Listing(""), items: [] };

function row(labeling, older, isLatest, restore) {
  const { version, source, restored, label_schema: schema, comment } = labeling;
  const changes = difference(older, labeling);
  const nothing = [element("span", { className: "soft", textContent: "nothing changed" })];
  const facts = [time.format(new Date(labeling.created_at)), SOURCES[source],
    schema && `under ${schema.name}, version ${schema.version}`,
    restored && `version ${restored} restored`].filter(Boolean);
  const item = element("li", {},
    element("div", {}, element("strong", { textContent: `Version ${version}` }), " · ", named(labeling.author)),
    element("p", { className: "changes" }, ...(changes.length ? changesOf(changes) : nothing)),
    element("p", { className: "soft", textContent: facts.join(" · ") }));
  if (comment) item.append(element("p", { dir: "auto", className: "comment", textContent: comment }));
  if (!isLatest) {
    const words = { className: "link", "aria-label": `Restore version ${version}` };
    item.append(button("Restore", () => restore(version), words));
  }
  return item;
}

const tell = (text, className) => list.replaceChildren(element("li", { className, textContent: text }));

function show(restore) {
  const { listing, items } = shown;
  // What changed in the last one loaded is known once the one before it is, too.
  const known = listing.ended ? items : items.slice(0, -1);
  list.replaceChildren(...known.map((labeling, at) => row(labeling, items[at + 1], at === 0, restore)));
  if (items.length === 0) tell("Nobody has labeled it yet.", "soft");
  more.hidden = listing.ended;
}

/** Shows an image's versions, the latest first; `onRestored` is called when there is a new one. */
export async function showVersions(image, onRestored) {
  shown.listing.stop();
  const mine = { listing: new Listing(`images/${image.id}/labelings`, { limit: PAGE }), items: [] };
  shown = mine;

  async function restore(version) {
    try {
      const by = await author();
      if (!by) return;
      const base = mine.items[0].version;
      const made = await post(`images/${image.id}/labelings/${version}/restore`, { author: by, base_version: base });
      notify(`Version ${version} is restored as version ${made.version}.`);
    } catch (error) {
      notifyError(error);
    }
    onRestored();
  }

  async function load() {
    try {
      mine.items.push(...(await mine.listing.next()));
      if (shown === mine) show(restore);
    } catch (error) {
      if (!isAbort(error)) tell(error.message, "bad");
    }
  }

  more.onclick = load;
  await load();
}
