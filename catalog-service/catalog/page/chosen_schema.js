// The label schema that images are labeled under; it stays chosen while the browser's tab is open.
import { get } from "./api.js";
import { byId } from "./dom.js";
import { fillSchemas } from "./label_schemas.js";

const KEY = "catalog.label-schema";
const select = byId("schema");

function remembered() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** Offers the label schemas that there are. */
export const offerSchemas = () => fillSchemas(select, select.value || remembered());

/** Resolves to the newest version of the one that is chosen, with its tags, or to null. */
export async function chosenVersion() {
  if (!select.value) return null;
  const { items } = await get(`label-schemas/${encodeURIComponent(select.value)}/versions?limit=1`);
  return items[0] ?? null;
}

/** Calls `act` whenever another one is chosen. */
export function onSchemaChosen(act) {
  select.onchange = () => {
    try {
      sessionStorage.setItem(KEY, select.value);
    } catch {
      // Without storage it is chosen again after a reload.
    }
    act();
  };
}
