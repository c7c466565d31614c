// What is said in place of images where there are none.
import { isFiltered, read } from "./address.js";
import { byId, byIds } from "./dom.js";
import { clearFilter } from "./filter_bar.js";

const [message, title, text, action] = byIds("message", "message-title", "message-text", "message-action");

function tell(heading, explanation, label, onclick) {
  message.hidden = false;
  [title.textContent, text.textContent, action.textContent] = [heading, explanation, label];
  action.hidden = false;
  action.onclick = onclick;
}

export function tellNothing() {
  message.hidden = true;
}

export function tellEmpty() {
  if (isFiltered(read())) {
    tell("No image fulfils all of this", "Take a part of the filter away.", "Clear filters", clearFilter);
  } else {
    const upload = () => byId("file").click();
    tell("No images yet", "Drop photos anywhere on this page, paste one, or choose some.", "Upload images", upload);
  }
}

export function tellError(error, again) {
  const refused = isFiltered(read()) && error.status >= 400 && error.status < 500;
  if (refused) tell("This cannot be looked for", error.message, "Clear filters", clearFilter);
  else tell("The images cannot be loaded", error.message, "Try again", again);
}
