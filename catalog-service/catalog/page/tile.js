// One image in the gallery: a link with its thumbnail and name, and a box to select it.
import { link, read } from "./address.js";
import { element, named } from "./dom.js";

const SIDE = 256;
const RETRY_MS = 2000;

/** An image's picture, or its name where only its URL is known or the picture cannot be had. */
export function thumbnail(image) {
  if (image.sha256 === null) return placeholder(image, "only its URL is known");
  const picture = element("img", { alt: "", loading: "lazy", decoding: "async", draggable: false });
  const address = `images/${image.id}/thumbnail?side=${SIDE}`;
  let retried = false;
  picture.onerror = () => {
    if (retried) return picture.replaceWith(placeholder(image, "no preview"));
    retried = true;
    return setTimeout(() => { picture.src = address; }, RETRY_MS);
  };
  picture.src = address;
  return picture;
}

function placeholder(image, reason) {
  return element("span", { className: "placeholder" }, named(image.name), element("small", { textContent: reason }));
}

function stateOf(image) {
  const state = image.labeling > 0 ? "labeled" : "unlabeled";
  const words = element("span", { className: "unseen", textContent: state });
  return element("span", { className: `state ${state}`, title: state }, words);
}

export function tile(image) {
  const caption = element("span", { className: "caption" }, named(image.name, { title: image.name }), stateOf(image));
  const opener = element("a", { href: link({ ...read(), image: image.id }), tabIndex: -1, draggable: false });
  opener.append(thumbnail(image), caption);
  const box = element("input", { type: "checkbox", tabIndex: -1, "aria-label": `Select ${image.name}` });
  const made = element("li", { className: "tile" }, opener, box);
  made.dataset.id = image.id;
  return made;
}

/** Shows what has changed of the image. */
export function refreshTile(made, image) {
  const [name, state] = made.querySelector(".caption").children;
  name.textContent = name.title = image.name;
  state.replaceWith(stateOf(image));
}
