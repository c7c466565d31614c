// The label schemas to choose from.
import { get } from "./api.js";
import { element } from "./dom.js";

/** Offers all label schemas in a select, with `kept` chosen if there still is such a one. */
export async function fillSchemas(select, kept = select.value) {
  const { items } = await get("label-schemas?limit=1000");
  const offered = items.map(({ id, name }) => element("option", { value: id, textContent: name }));
  select.replaceChildren(element("option", { value: "", textContent: "no label schema" }), ...offered);
  select.value = items.some(({ id }) => id === kept) ? kept : "";
}
