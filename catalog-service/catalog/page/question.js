// Asks before something happens: yes or no, or for a text.
import { byId } from "./dom.js";

const [dialog, title, text, input, yes, no] = ["", "-title", "-text", "-input", "-yes", "-no"].map((part) =>
  byId(`question${part}`));

/** Resolves to the text typed in, to true where no text was asked for, or to null when it was cancelled. */
export function ask(question, { explanation = "", value, action = "OK", danger = false } = {}) {
  title.textContent = question;
  text.textContent = explanation;
  yes.textContent = action;
  yes.classList.toggle("danger", danger);
  input.hidden = value === undefined;
  input.required = !input.hidden;
  input.value = value ?? "";
  dialog.returnValue = "";
  dialog.showModal();
  (input.hidden ? yes : input).focus();
  input.select();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue !== "yes" ? null : input.hidden || input.value.trim() || null);
  });
}

yes.value = "yes";
no.onclick = () => dialog.close("");
