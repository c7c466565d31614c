// One sentence in, its intents out, and why. Every address is relative, so the page also works under a prefix.

import { bar, neighbour, word } from "./parts.js";

const element = (id) => document.getElementById(id);
const [form, text, version, answer, status] = ["form", "text", "version", "answer", "status"].map(element);
const [verdict, bars, model, why, near] = ["verdict", "bars", "model", "why", "near"].map(element);
const SHOWN = 5;
let latest = 0;

function say(message, bad = false) {
  status.textContent = message;
  status.className = bad ? "bad" : "soft";
  status.hidden = !message;
}

async function ask(address, options) {
  const response = await fetch(address, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.detail ?? `The service answered ${response.status}.`);
  return body;
}

const reason = (error) => (error instanceof TypeError ? "The service cannot be reached." : error.message);
const chosen = () => (version.value ? `?version=${encodeURIComponent(version.value)}` : "");

async function showVersions() {
  const { versions } = await ask("models");
  version.replaceChildren(...versions.map((found) => {
    const day = found.created_at.slice(0, 10);
    const label = `${found.version}, ${day}, ${found.labels} intents${found.default ? " (in service)" : ""}`;
    const option = new Option(label, found.version, found.default, found.default);
    option.dataset.report = found.report;
    return option;
  }));
  showReportLink();
}

function showReportLink() {
  element("report").hidden = version.selectedOptions[0]?.dataset.report !== "true";
  element("report").href = `model/report${chosen()}`;
}

function inWords({ out_of_scope, intents }) {
  if (out_of_scope === null) return "This version cannot tell whether a sentence is out of scope.";
  return out_of_scope ? "Out of scope: most likely none of the intents is meant." : `In scope: ${intents[0].label}.`;
}

function show({ version: name, results: [result] }) {
  verdict.textContent = inWords(result);
  verdict.className = result.out_of_scope ? "bad" : result.out_of_scope === null ? "soft" : "good";
  bars.replaceChildren(...result.intents.map(bar));
  bars.classList.toggle("unsure", result.out_of_scope === true);
  const strongest = Math.max(...result.words.map(({ weight }) => Math.abs(weight)));
  element("words").replaceChildren(...result.words.flatMap((found) => [word(found, strongest), " "]));
  document.querySelector("#neighbours tbody").replaceChildren(...result.neighbours.map(neighbour));
  element("neighbours").hidden = !result.neighbours.length;
  element("none").hidden = result.neighbours.length > 0;
  model.textContent = `Version ${name}, scope score ${result.scope_score.toFixed(3)}`;
}

function hideAnswer(hidden) {
  for (const part of [verdict, bars, model, why, near]) part.hidden = hidden;
}

async function find() {
  const turn = ++latest;
  say("Reading");
  answer.setAttribute("aria-busy", "true");
  try {
    const body = JSON.stringify({ text: text.value, n_best: SHOWN, explain: true });
    const headers = { "Content-Type": "application/json" };
    const found = await ask(`intent${chosen()}`, { method: "POST", headers, body });
    if (turn !== latest) return;
    show(found);
    hideAnswer(false);
    say("");
  } catch (error) {
    if (turn !== latest) return;
    hideAnswer(true);
    say(reason(error), true);
  } finally {
    if (turn === latest) answer.setAttribute("aria-busy", "false");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  find();
});
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
version.addEventListener("change", () => {
  showReportLink();
  if (text.value.trim()) find();
});
showVersions().catch((error) => say(reason(error), true));
