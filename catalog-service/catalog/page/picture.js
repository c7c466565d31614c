// The large picture: the file itself, or a JPEG of it where the browser cannot show such files.
import { byIds } from "./dom.js";

const SIDE = 1024;
const [picture, missing] = byIds("picture", "picture-missing");

function showMissing(text) {
  picture.hidden = true;
  missing.hidden = false;
  missing.textContent = text;
}

export function showPicture(image) {
  picture.removeAttribute("src");
  if (image.sha256 === null) {
    showMissing("Only the image's URL is known.");
    return;
  }
  missing.hidden = true;
  picture.hidden = false;
  picture.alt = image.name;
  if (image.width) [picture.width, picture.height] = [image.width, image.height];
  picture.onerror = () => {
    picture.onerror = () => showMissing("The picture cannot be shown.");
    picture.src = `images/${image.id}/thumbnail?side=${SIDE}`;
  };
  picture.src = `images/${image.id}/content`;
}
