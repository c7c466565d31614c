// Says the same of all selected images at once.
import { post } from "./api.js";
import { author } from "./author.js";
import { byId, byIds, element, named, plural } from "./dom.js";
import { images, indexOf, tileOf, update } from "./gallery.js";
import { fillSchemas } from "./label_schemas.js";
import { notify, notifyError } from "./notices.js";
import { MAX_SELECTED, select, selected, toggle } from "./selection.js";
import { tagField } from "./tag_field.js";

const [bar, form, count, chips, schema] = byIds("batch", "batch-form", "batch-count", "batch-tags", "batch-schema");
const said = new Map();

function chip([name, state]) {
  const words = state === "present" ? "has" : "has not";
  const drop = element("button", {
    type: "button", textContent: "✕", "aria-label": `Do not say ${words} ${name}`,
    onclick: () => said.delete(name) && showChips(),
  });
  return element("li", { className: `chip ${state}` }, element("span", {}, `${words} `, named(name)), drop);
}

function showChips() {
  chips.replaceChildren(...[...said].map(chip));
}

function say(name, state) {
  said.set(name, state);
  showChips();
}

const namesOf = (state) => [...said].filter(([, each]) => each === state).map(([name]) => name);

async function send(ids) {
  const by = await author();
  if (!by) return;
  const body = { images: ids, present: namesOf("present"), absent: namesOf("absent"), author: by };
  const told = await post("labelings", { ...body, label_schema: schema.value || null });
  const left = new Set(told.contradicting);
  ids.filter((id) => !left.has(id) && indexOf(id) >= 0).forEach((id) => {
    const image = images[indexOf(id)];
    update({ ...image, labeling: Math.max(image.labeling, 1) });
  });
  const done = `${plural(told.changed, "image")} labeled, ${told.unchanged} had it already`;
  const contrary = "left as they are and selected, for they have a tag that you call absent: look at them";
  notify(left.size ? `${done}, ${left.size} ${contrary}.` : `${done}.`, left.size > 0);
  said.clear();
  showChips();
  select(told.contradicting);
}

form.onsubmit = async (event) => {
  event.preventDefault();
  if (said.size === 0) {
    notify("Say first which tags the images have or have not.", true);
    return;
  }
  const submit = event.submitter ?? form.querySelector("button");
  submit.disabled = true;
  await send(selected()).catch(notifyError);
  submit.disabled = false;
};

addEventListener("selectionchanged", () => {
  const number = selected().length;
  if (bar.hidden && number > 0) fillSchemas(schema).catch(notifyError);
  bar.hidden = number === 0;
  const full = number === MAX_SELECTED ? ", more are not possible" : "";
  count.textContent = `${number.toLocaleString("en")} selected${full}`;
});

byId("gallery").addEventListener("click", (event) => {
  if (!event.target.matches("input[type=checkbox]")) return;
  event.stopPropagation();
  const { id } = event.target.closest("li").dataset;
  toggle(id, event.shiftKey);
  event.target.checked = tileOf(id).classList.contains("selected");
});
tagField(byId("batch-present"), { label: "Tag that they have", free: true, onPick: (name) => say(name, "present") });
tagField(byId("batch-absent"), { label: "Tag that they have not", free: true, onPick: (name) => say(name, "absent") });
byId("batch-clear").onclick = () => select([]);
