// Short messages that go away by themselves; an open dialog shows them itself, for all behind it is inert.
import { byId, element } from "./dom.js";

const SECONDS = 7;
const region = byId("notices");

function place() {
  const dialogs = document.querySelectorAll("dialog[open]");
  (dialogs[dialogs.length - 1] ?? document.body).append(region);
}

export function notify(text, bad = false) {
  place();
  const notice = element("p", { textContent: text, className: bad ? "notice bad" : "notice" });
  region.append(notice);
  setTimeout(() => notice.remove(), SECONDS * 1000);
}

document.addEventListener("close", place, true);
export const notifyError = (error) => notify(error.message, true);
