// What is known of an image besides its labels; it is renamed and deleted here.
import { patch, remove } from "./api.js";
import { byId, element } from "./dom.js";
import { notify, notifyError } from "./notices.js";
import { ask } from "./question.js";

const list = byId("facts");
const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function bytes(size) {
  return size < 1e6 ? `${(size / 1e3).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}

function address(url) {
  const isWeb = ["http:", "https:"].includes(new URL(url).protocol);
  return isWeb ? element("a", { href: url, textContent: url, target: "_blank", rel: "noopener noreferrer" }) : url;
}

/** Shows the facts; what is not known is left out. */
export function showFacts(image) {
  const facts = [
    ["Type", image.type],
    ["Size", image.width && `${image.width} × ${image.height}`],
    ["Bytes", image.size && bytes(image.size)],
    ["Added", time.format(new Date(image.created_at))],
    ["URL", image.url && address(image.url)],
    ["SHA-256", image.sha256 && element("code", { textContent: image.sha256 })],
    ["Id", element("code", { textContent: image.id })],
  ].filter(([, value]) => value);
  list.replaceChildren(...facts.flatMap(([name, value]) => [
    element("dt", { textContent: name }), element("dd", {}, value)]));
}

/** Asks for another name and resolves to the renamed image, or to null. */
export async function rename(image) {
  const name = await ask("Rename the image", { value: image.name, action: "Rename" });
  return name ? patch(`images/${image.id}`, { name }).catch(notifyError) : null;
}

/** Asks whether to delete the image and resolves to whether that was done. */
export async function destroy(image) {
  const explanation = `“${image.name}” goes with all versions of its labels, for good.`;
  if (!(await ask("Delete the image?", { explanation, action: "Delete", danger: true }))) return false;
  try {
    await remove(`images/${image.id}`);
    notify("The image is deleted.");
    return true;
  } catch (error) {
    notifyError(error);
    return false;
  }
}
