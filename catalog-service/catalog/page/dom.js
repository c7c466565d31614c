// Makes elements. Text only ever becomes text nodes, so that no name is ever read as markup.

export const byId = (id) => document.getElementById(id);
export const byIds = (...ids) => ids.map(byId);

/** Makes an element with properties, attributes where there is no such property, and children. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A name in the direction of its own script, which does not reorder the text around it. */
export const named = (text, properties = {}) => element("bdi", { textContent: text, ...properties });

export const button = (text, onclick, properties = {}) =>
  element("button", { type: "button", textContent: text, onclick, ...properties });

export const plural = (number, one, many = `${one}s`) =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** Runs `act` once, `milliseconds` after the last call. */
export function later(act, milliseconds) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), milliseconds);
  };
}
