// Tags that a model suggests, each with its confidence, to be accepted by a person.
import { get, post } from "./api.js";
import { author } from "./author.js";
import { byIds, element, named, plural } from "./dom.js";
import { shownVersion } from "./labels.js";
import { notify, notifyError } from "./notices.js";

const percent = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const [list, status] = byIds("suggestions-list", "suggestions-status");
const [suggest, accept] = byIds("suggest", "accept");
let shown = null;

function bar(confidence) {
  const fill = element("span", { className: "fill" });
  fill.style.width = `${confidence * 100}%`;
  return element("span", { className: "track" }, fill);
}

function row({ id, tag, confidence, model, model_version: version, accepted_in: accepted }) {
  const done = accepted !== null;
  const box = element("input", { type: "checkbox", value: id, checked: done, disabled: done, onchange: count });
  const textContent = done ? `in version ${accepted}` : percent.format(confidence);
  const value = element("span", { className: "soft", textContent });
  const title = `${model} ${version}: ${percent.format(confidence)}`;
  return element("li", { title }, element("label", { className: "check" }, box, named(tag), value), bar(confidence));
}

const ticked = () => [...list.querySelectorAll("input:checked:enabled")].map((box) => box.value);

function count() {
  const number = ticked().length;
  accept.hidden = number === 0;
  accept.textContent = `Accept ${plural(number, "tag")}`;
}

/** Of each tag what was suggested last, or what was accepted; the likeliest first. */
function latestOfEachTag(items) {
  const found = new Map();
  const counts = ({ tag, accepted_in: accepted }) => !found.has(tag) || accepted;
  items.forEach((item) => counts(item) && found.set(item.tag, item));
  return [...found.values()].sort((one, other) => other.confidence - one.confidence);
}

function show(items) {
  list.replaceChildren(...latestOfEachTag(items).map(row));
  status.textContent = items.length ? "" : "None yet.";
  count();
}

/** Shows what was suggested for an image; `onAccepted` is called when there is a new version of its labels. */
export async function showSuggestions(image, onAccepted) {
  const mine = { image, onAccepted };
  shown = mine;
  list.replaceChildren();
  [status.textContent, accept.hidden] = ["", true];
  await load(mine).catch((error) => { if (mine === shown) status.textContent = error.message; });
}

async function load(mine) {
  const { items } = await get(`images/${mine.image.id}/suggestions?limit=100`);
  if (mine === shown) show(items);
}

/** Does what a button is for, while it cannot be pressed again. */
async function busy(pressed, act) {
  pressed.disabled = true;
  await act(shown).catch(notifyError);
  pressed.disabled = false;
}

suggest.onclick = () => busy(suggest, async (mine) => {
  status.textContent = "The vision service is looking at the image …";
  try {
    await post(`images/${mine.image.id}/suggestions`, {});
    await load(mine);
  } catch (error) {
    if (mine === shown) status.textContent = error.message;
  }
});

accept.onclick = () => busy(accept, async (mine) => {
  const by = await author();
  if (!by) return;
  const body = { suggestions: ticked(), author: by, base_version: shownVersion() };
  try {
    const made = await post(`images/${mine.image.id}/suggestions/accept`, body);
    notify(`Accepted as version ${made.version}.`);
  } catch (error) {
    notifyError(error);
  }
  mine.onAccepted();
  await load(mine);
});
