// Uploads several files, a few at a time, and tells what became of each.
import { isFiltered, read } from "./address.js";
import { button, byId, byIds, element, named, plural } from "./dom.js";
import { onFiles } from "./dropped.js";
import { prepend } from "./gallery.js";
import { notify } from "./notices.js";
import { transfer } from "./transfer.js";

const IN_FLIGHT = 3;
const [section, summary, list] = byIds("uploads", "uploads-summary", "uploads-list");
const waiting = [];
let running = 0;
let tally = { added: 0, known: 0, failed: 0 };

export const isUploading = () => running + waiting.length > 0;

function row(file) {
  const bar = element("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` });
  const state = element("span", { className: "soft", textContent: "waiting" });
  const item = element("li", {}, named(file.name || "pasted image"), state, bar);
  list.append(item);
  return { file, item, bar, state };
}

function settle({ bar, state }, text, className) {
  bar.remove();
  [state.textContent, state.className] = [text, className];
}

function showSummary() {
  section.hidden = false;
  const { added, known, failed } = tally;
  const parts = [`${added} uploaded`, known && `${known} already there`, failed && `${failed} failed`].filter(Boolean);
  const left = running + waiting.length;
  summary.textContent = left ? `Uploading ${plural(left, "file")} … ${parts.join(", ")}` : parts.join(", ");
  const isHidden = !left && added && isFiltered(read());
  if (isHidden) notify("New images are shown where the filter finds them: refresh to look.");
}

function again(upload) {
  tally.failed -= 1;
  upload.item.remove();
  add([upload.file]);
}

async function run(upload) {
  upload.state.textContent = "uploading";
  try {
    const { image, isNew } = await transfer(upload.file, (part) => {
      upload.bar.value = part;
      if (part === 1) upload.state.textContent = "being looked at";
    });
    tally[isNew ? "added" : "known"] += 1;
    settle(upload, isNew ? "uploaded" : "already there", isNew ? "good" : "soft");
    if (isNew && !isFiltered(read())) prepend(image);
  } catch (error) {
    tally.failed += 1;
    settle(upload, error.message, "bad");
    const mayPass = error.status === 0 || error.status >= 500;
    if (mayPass) upload.item.append(button("Try again", () => again(upload), { className: "link" }));
  }
}

function begin() {
  while (running < IN_FLIGHT && waiting.length > 0) {
    running += 1;
    run(waiting.shift()).finally(() => {
      running -= 1;
      begin();
    });
  }
  showSummary();
}

function add(files) {
  if (!isUploading() && section.hidden) {
    list.replaceChildren();
    tally = { added: 0, known: 0, failed: 0 };
  }
  waiting.push(...files.map(row));
  begin();
}

onFiles(add);
byId("uploads-close").onclick = () => { section.hidden = true; };
