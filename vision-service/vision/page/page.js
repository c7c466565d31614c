// One photo in, five bars out. Every address is relative, so the page also works under the gateway's prefix.

const element = (id) => document.getElementById(id);
const [drop, input, answer, status, bars, model] = ["drop", "file", "answer", "status", "bars", "model"].map(element);
const percent = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1 });
let latest = 0;

function say(text, bad = false) {
  status.textContent = text;
  status.className = bad ? "bad" : "soft";
  status.hidden = !text;
}

function show(file) {
  const preview = element("preview");
  URL.revokeObjectURL(preview.src);
  preview.onerror = () => frame(false);
  preview.onload = () => frame(true);
  preview.src = URL.createObjectURL(file);
  preview.alt = file.name || "The chosen photo";
}

function frame(visible) {
  element("photo").hidden = !visible;
  drop.classList.toggle("filled", visible);
  document.querySelector("label[for=file]").textContent = visible ? "Choose another photo" : "Choose a photo";
}

function bar({ label, class_id, confidence }) {
  const [item, names, name, value, track, fill] = ["li", "div", "span", "span", "div", "div"].map((tag) =>
    document.createElement(tag));
  [names.className, track.className, fill.className] = ["names", "track", "fill"];
  name.textContent = label;
  name.title = `class ${class_id}`;
  value.textContent = percent.format(confidence);
  fill.style.width = `${confidence * 100}%`;
  names.append(name, value);
  track.append(fill);
  item.append(names, track);
  return item;
}

async function ask(file) {
  const form = new FormData();
  form.append("file", file);
  const response = await fetch("predictions", { method: "POST", body: form });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.detail ?? `The service answered ${response.status}.`);
  return body;
}

async function predict(file) {
  const turn = ++latest;
  show(file);
  say("Looking at the photo");
  bars.hidden = model.hidden = true;
  answer.setAttribute("aria-busy", "true");
  try {
    const found = await ask(file);
    if (turn !== latest) return;
    bars.replaceChildren(...found.predictions.map(bar));
    bars.hidden = model.hidden = false;
    const { name, weights, version, stands_in_for } = found.model;
    model.textContent = `Model: ${name} ${weights}, version ${version}`
      + (stands_in_for ? ` (stands in for ${stands_in_for})` : "");
    say("");
  } catch (error) {
    if (turn === latest) say(error instanceof TypeError ? "The service cannot be reached." : error.message, true);
  } finally {
    if (turn === latest) answer.setAttribute("aria-busy", "false");
  }
}

function take(files) {
  if (files.length > 0) predict(files[0]);
}

input.addEventListener("change", () => {
  take([...input.files]);
  input.value = "";
});
document.addEventListener("paste", (event) => take([...event.clipboardData.files]));
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take([...event.dataTransfer.files]);
});
