// Who labels: asked once, then remembered in this browser.
import { byId } from "./dom.js";
import { ask } from "./question.js";

const KEY = "catalog.author";
const shown = byId("author");
let name = remembered();

function remembered() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function remember(given) {
  name = given;
  show();
  try {
    localStorage.setItem(KEY, given);
  } catch {
    // Without storage it is asked again on the next visit.
  }
}

function show() {
  shown.textContent = name || "Who are you?";
}

async function change() {
  const explanation = "Every version of an image's labels tells who made it.";
  const given = await ask("What is your name?", { explanation, value: name, action: "Remember" });
  if (given) remember(given);
  return given;
}

/** Resolves to the author's name, or to null if none is given. */
export const author = async () => name || (await change());

shown.onclick = change;
show();
