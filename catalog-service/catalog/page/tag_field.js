// A field for a tag's name that offers the tags that begin so, each with its number of images.
import { get } from "./api.js";
import { element, later, named } from "./dom.js";

const OFFERED = 8;
const PAUSE_MS = 120;
let count = 0;

const same = (one, other) => one.toLowerCase() === other.toLowerCase();

/** Fills `place`; `onPick(name, event)` is told what was chosen. With `free` what is typed may be a new tag. */
export function tagField(place, { label, free = false, onPick }) {
  const id = `tags-${++count}`;
  const list = element("ul", { id, role: "listbox", hidden: true, "aria-label": label });
  const input = element("input", {
    role: "combobox", placeholder: label, maxLength: 255, autocomplete: "off", spellcheck: false,
    "aria-label": label, "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false",
  });
  let active = -1;
  let asked = new AbortController();
  place.append(input, list);

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) {
      asked.abort();
      activate(-1);
    }
  }

  function activate(index) {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    input.setAttribute("aria-activedescendant", list.children[index]?.id ?? "");
    list.children[index]?.scrollIntoView({ block: "nearest" });
  }

  function pick(name, event) {
    input.value = "";
    open(false);
    onPick(name, event);
  }

  function option({ name, images }, index) {
    const made = element("li", { id: `${id}-${index}`, role: "option", "aria-selected": "false" });
    const number = element("span", { className: "soft", textContent: images?.toLocaleString("en") ?? "new" });
    made.append(named(name), number);
    made.dataset.name = name;
    made.onmousedown = (event) => {
      event.preventDefault(); // the field keeps the focus
      pick(name, event);
    };
    return made;
  }

  async function offer(typed) {
    if (typed !== input.value.trim() || document.activeElement !== input) return;
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    const query = new URLSearchParams({ limit: OFFERED, ...(typed && { prefix: typed }) });
    const { items } = await get(`tags?${query}`, signal).catch(() => ({ items: [] }));
    if (signal.aborted) return;
    const exact = items.findIndex((tag) => same(tag.name, typed));
    if (free && typed && exact < 0) items.push({ name: typed });
    list.replaceChildren(...items.map(option));
    open(items.length > 0);
    activate(free || !typed ? exact : Math.max(exact, 0));
  }

  /** The offer that is active, if it is still one for what is typed; else the first one, or what may be a new tag. */
  function chosen() {
    const typed = input.value.trim();
    const offered = list.hidden ? [] : [...list.children].map((option) => option.dataset.name);
    const begins = (name) => name?.toLowerCase().startsWith(typed.toLowerCase());
    if (begins(offered[active])) return offered[active];
    return (typed && !free && offered.find(begins)) || typed;
  }

  function onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const options = list.childElementCount;
    if (step && !list.hidden) activate((Math.max(active, step < 0 ? 0 : -1) + step + options) % options);
    else if (event.key === "Enter" && chosen()) pick(chosen(), event);
    else if (event.key === "Escape" && !list.hidden) open(false);
    else return;
    event.preventDefault();
  }

  const offerLater = later(offer, PAUSE_MS);
  input.addEventListener("input", () => offerLater(input.value.trim()));
  input.addEventListener("focus", () => offer(input.value.trim()));
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", onKey);
  return input;
}
