// One image with all that is known of it.
import { closeImage, go, read } from "./address.js";
import { get } from "./api.js";
import { offerSchemas } from "./chosen_schema.js";
import { byId, byIds } from "./dom.js";
import { showDuplicates } from "./duplicates.js";
import { destroy, rename, showFacts } from "./facts.js";
import { drop, images, indexOf, isComplete, loadMore, update } from "./gallery.js";
import { focusImage } from "./gallery_keys.js";
import { reloadLabels, showLabels } from "./labels.js";
import { notify, notifyError } from "./notices.js";
import { showPicture } from "./picture.js";
import { showSuggestions } from "./suggestions.js";
import { forget } from "./unsaved.js";
import { showVersions } from "./versions.js";

const [dialog, name, previous, next] = byIds("detail", "detail-name", "previous", "next");
let image = null;

export const isOpen = () => dialog.open;

/** Allows the steps for which the gallery has an image. */
export function showNeighbours() {
  if (!image) return;
  const at = indexOf(image.id);
  previous.disabled = at <= 0;
  next.disabled = at < 0 || (at === images.length - 1 && isComplete());
}

function show(found) {
  image = found;
  name.textContent = image.name;
  showPicture(image);
  showFacts(image);
  showNeighbours();
  dialog.querySelector(".panel").scrollTop = 0;
  showLabels(image, () => relabeled(found));
  showVersions(image, () => changed(found));
  showSuggestions(image, () => changed(found));
  showDuplicates(image);
}

/** Shows the versions anew, after the labels were saved. */
async function relabeled(of) {
  const now = await get(`images/${of.id}`).catch(() => of);
  update(now);
  if (image?.id !== of.id) return;
  image = now;
  showVersions(image, () => changed(image));
}

/** Shows the labels and versions anew, after something else changed them. */
async function changed(of) {
  if (image?.id === of.id) await reloadLabels();
  await relabeled(of);
}

/** Shows the image of the address, or closes. */
export async function showImage(id) {
  if (!id) {
    if (dialog.open) dialog.close();
    return;
  }
  if (image?.id === id && dialog.open) return;
  try {
    if (!dialog.open) await offerSchemas();
    const found = images[indexOf(id)] ?? (await get(`images/${encodeURIComponent(id)}`));
    if (read().image !== id) return;
    if (!dialog.open) dialog.showModal();
    dialog.focus();
    show(found);
  } catch (error) {
    notifyError(error);
    go({ ...read(), image: null }, { replace: true });
  }
}

/** Goes to the image that is so many places further. */
export async function step(by) {
  const at = indexOf(image.id);
  if (at < 0) return;
  if (at + by >= images.length) await loadMore();
  const other = images[at + by];
  if (other) go({ ...read(), image: other.id }, { replace: true });
  else notify(by > 0 ? "This is the last image." : "This is the first image.");
}

dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  closeImage();
});
dialog.addEventListener("close", () => {
  const { id } = image;
  image = null;
  if (read().image) closeImage(); // a second Esc closes it past its cancel event
  focusImage(id);
});
[previous.onclick, next.onclick] = [() => step(-1), () => step(1)];
byId("detail-close").onclick = closeImage;
byId("rename").onclick = async () => {
  const renamed = await rename(image);
  if (!renamed) return;
  update(renamed);
  image = renamed;
  name.textContent = renamed.name;
};
byId("delete").onclick = async () => {
  const { id } = image;
  if (!(await destroy(image))) return;
  forget(id);
  drop(id);
  closeImage();
};
