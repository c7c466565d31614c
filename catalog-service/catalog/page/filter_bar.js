// What is asked of the images: tags in three modes, words of the name, unlabeled ones, a dataset.
import { get } from "./api.js";
import { MODES, go, isFiltered, read } from "./address.js";
import { byId, byIds, element, later, named } from "./dom.js";
import { tagField } from "./tag_field.js";

const PAUSE_MS = 300;
const SHOWN = { tag: ["present", "has"], absent: ["absent", "has not"], unknown: ["unknown", "not looked for"] };
const [mode, text, unlabeled, dataset, chips, clear] = byIds("mode", "text", "unlabeled", "dataset", "chips", "clear");
let typing = false;

const change = (changes, options) => go({ ...read(), ...changes, image: null }, options);

function addTag(name) {
  const others = read().tags.filter((tag) => tag.name !== name);
  change({ tags: [...others, { mode: mode.value, name }] });
}

function chip(tag, tags) {
  const [state, words] = SHOWN[tag.mode];
  const others = tags.filter((other) => other !== tag);
  const next = MODES[(MODES.indexOf(tag.mode) + 1) % MODES.length];
  const turn = element("button", {
    type: "button", title: `Ask for images where it is “${SHOWN[next][1]}”`,
    onclick: () => change({ tags: tags.map((other) => (other === tag ? { ...tag, mode: next } : other)) }),
  }, `${words} `, named(tag.name));
  const drop = element("button", {
    type: "button", textContent: "✕", "aria-label": `Remove the filter ${words} ${tag.name}`,
    onclick: () => change({ tags: others }),
  });
  return element("li", { className: `chip ${state}` }, turn, drop);
}

function typed() {
  // Every pause in typing is no step for Back: only the first one is.
  change({ text: text.value }, { replace: typing });
  typing = true;
}

/** Shows what the address asks for. */
export function showFilter(view) {
  chips.replaceChildren(...view.tags.map((tag) => chip(tag, view.tags)));
  if (document.activeElement !== text) text.value = view.text;
  unlabeled.checked = view.unlabeled;
  if (view.dataset && ![...dataset.options].some((option) => option.value === view.dataset)) {
    dataset.append(element("option", { value: view.dataset, textContent: "A dataset" }));
  }
  dataset.value = view.dataset;
  clear.hidden = !isFiltered(view);
}

/** Offers the datasets; resolves to how many images each has, none where there are no datasets. */
export async function offerDatasets() {
  const { items } = await get("datasets?limit=1000").catch(() => ({ items: [] }));
  const offered = items.map(({ id, name, images }) =>
    element("option", { value: id, textContent: `${name} (${images.toLocaleString("en")})` }));
  dataset.replaceChildren(dataset.options[0], ...offered);
  dataset.hidden = items.length === 0;
  showFilter(read());
}

export const clearFilter = () => change({ tags: [], text: "", unlabeled: false, dataset: "" });

export const filterField = tagField(byId("filter-tag"), { label: "Filter by tag", onPick: addTag });
byId("filter").onsubmit = (event) => event.preventDefault();
text.addEventListener("input", later(typed, PAUSE_MS));
text.addEventListener("blur", () => { typing = false; });
unlabeled.addEventListener("change", () => change({ unlabeled: unlabeled.checked }));
dataset.addEventListener("change", () => change({ dataset: dataset.value }));
clear.onclick = () => {
  text.value = "";
  clearFilter();
};
