// The files that are dropped, chosen or pasted; of a dropped folder all that are in it.
import { byId } from "./dom.js";

const area = byId("drop");
const input = byId("file");

const readEntries = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

async function filesIn(entry) {
  if (entry.isFile) return [await fileOf(entry)];
  const reader = entry.createReader();
  const found = [];
  // A reader gives a hundred at a time, and none at the end.
  for (let part = await readEntries(reader); part.length > 0; part = await readEntries(reader)) {
    for (const inner of part) found.push(...(await filesIn(inner)));
  }
  return found;
}

async function dropped(transfer) {
  const folders = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry?.isDirectory);
  if (folders.length === 0) return [...transfer.files];
  const names = new Set(folders.map((folder) => folder.name));
  const files = [...transfer.files].filter((file) => !names.has(file.name));
  for (const folder of folders) files.push(...(await filesIn(folder)));
  return files;
}

const hasFiles = (event) => event.dataTransfer.types.includes("Files");

/** Calls `take` with the files whenever there are some. */
export function onFiles(take) {
  const give = (files) => files.length > 0 && take(files);
  input.addEventListener("change", () => {
    give([...input.files]);
    input.value = "";
  });
  document.addEventListener("paste", (event) => give([...event.clipboardData.files]));
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    area.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) area.hidden = true;
  });
  document.addEventListener("drop", async (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    area.hidden = true;
    give(await dropped(event.dataTransfer));
  });
}
