// The editor of an image's labels: changes are a draft until all of it is saved in one operation.
import { get, post } from "./api.js";
import { author } from "./author.js";
import { chosenVersion, onSchemaChosen } from "./chosen_schema.js";
import { showConflict, whoWasFaster } from "./conflict.js";
import { byId, byIds, plural } from "./dom.js";
import { Draft } from "./draft.js";
import { boxes, hasRow, refreshTags, showNoTags, showTags } from "./label_list.js";
import { notify, notifyError } from "./notices.js";
import { tagField } from "./tag_field.js";
import { keep, unsavedOf } from "./unsaved.js";

const [comment, saveButton, status, version] = byIds("comment", "save", "draft", "labels-version");
let edited = null;
let isSaving = false;

function showStatus() {
  const { draft } = edited;
  const changes = draft.changes.length;
  refreshTags(draft);
  status.textContent = changes ? `${plural(changes, "change")} not saved` : "";
  const isNews = draft.isNews || draft.version === 0;
  saveButton.textContent = isNews ? "Save" : "Confirm as it is";
  saveButton.classList.toggle("quiet", !isNews);
}

function set(name, state) {
  const { image, draft, looked, labels } = edited;
  draft.set(name, state);
  keep(image.id, { changes: draft.changes });
  if (!hasRow(name)) showTags(draft, looked, labels.unknown_complete, set);
  showStatus();
}

function show(told = "") {
  const { image, draft, looked, labels } = edited;
  const { contested } = unsavedOf(image.id);
  draft.lookFor(looked);
  showTags(draft, looked, labels.unknown_complete, set);
  version.textContent = draft.version ? `version ${draft.version}` : "not labeled yet";
  saveButton.disabled = isSaving;
  showConflict(contested, told, () => settle(contested), () => settle([]));
  showStatus();
}

/** Makes the changes that somebody else was faster than once more, or none of them. */
function settle(changes) {
  const { image, draft } = edited;
  changes.forEach(({ name, state }) => draft.set(name, state));
  keep(image.id, { changes: draft.changes, contested: [] });
  show();
  saveButton.focus();
}

async function load(mine, told) {
  const [labels, schema] = await Promise.all([
    get(`images/${mine.image.id}/labels`),
    chosenVersion(),
  ]);
  if (mine !== edited) return;
  const draft = new Draft(labels, unsavedOf(mine.image.id).changes);
  Object.assign(mine, { labels, schema, draft, looked: schema?.tags.map(({ name }) => name) ?? [] });
  show(told);
}

/** Shows an image's labels; `onSaved(version)` is told of a new version. */
export async function showLabels(image, onSaved) {
  edited = { image, onSaved, draft: null };
  comment.value = unsavedOf(image.id).comment;
  [version.textContent, status.textContent, saveButton.disabled] = ["", "", true];
  showNoTags();
  showConflict([], "");
  await load(edited).catch(notifyError);
}

/** Shows them as they are now, with the user's changes. */
export const reloadLabels = () => load(edited).catch(notifyError);

/** The version of the labels that are shown. */
export const shownVersion = () => edited.draft.version;

async function lose(mine) {
  const { image, draft } = mine;
  keep(image.id, { changes: [], contested: [...unsavedOf(image.id).contested, ...draft.changes] });
  const told = await whoWasFaster(image);
  if (unsavedOf(image.id).contested.length === 0) notify(`Somebody else was faster: ${told} Look again.`, true);
  await load(mine, told);
  mine.onSaved();
}

async function send(mine, by) {
  const { image, draft, schema } = mine;
  const made = await post(`images/${image.id}/labelings`, {
    tags: draft.named("present"),
    absent: draft.named("absent"),
    label_schema: schema?.label_schema ?? null,
    label_schema_version: schema?.version ?? null,
    author: by,
    comment: comment.value.trim() || null,
    base_version: draft.version,
  });
  keep(image.id, { comment: "" });
  if (mine === edited) comment.value = "";
  await load(mine);
  keep(image.id, { changes: mine === edited ? mine.draft.changes : [] });
  notify(`Saved as version ${made.version}.`);
  mine.onSaved(made.version);
}

/** Saves all of it; resolves to whether that was done. */
export async function save() {
  const mine = edited;
  if (isSaving || !mine.draft) return false;
  const by = await author();
  if (!by) return false;
  isSaving = saveButton.disabled = true;
  try {
    await send(mine, by);
    return true;
  } catch (error) {
    if (error.status === 409) await lose(mine).catch(notifyError);
    else notifyError(error);
    return false;
  } finally {
    isSaving = saveButton.disabled = false;
  }
}

/** Turns the tag of the checklist with this number, from 1 on. */
export function toggleNumber(number) {
  boxes()[number - 1]?.click();
}

onSchemaChosen(reloadLabels);
comment.oninput = () => keep(edited.image.id, { comment: comment.value });
byId("save-form").onsubmit = (event) => {
  event.preventDefault();
  save();
};
export const labelField = tagField(byId("label-tag"), {
  label: "Type a tag to add it",
  free: true,
  onPick: (name, event) => set(name, event.shiftKey ? "absent" : "present"),
});
