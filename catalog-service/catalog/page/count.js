// How many images the filter finds: known once all are loaded, or where it is but one tag or one dataset.
import { filterQuery } from "./address.js";
import { get } from "./api.js";
import { plural } from "./dom.js";

/** Resolves to the number of images, or to null where it is not known. */
export async function total(view) {
  if (filterQuery(view).size !== 1) return null;
  if (view.dataset) return (await get(`datasets/${encodeURIComponent(view.dataset)}`)).images;
  const [tag] = view.tags;
  if (tag?.mode !== "tag") return null;
  const { items } = await get(`tags?${new URLSearchParams({ prefix: tag.name, limit: 1 })}`);
  return items[0]?.name.toLowerCase() === tag.name.toLowerCase() ? items[0].images : null;
}

export function counted(loaded, ended, all, looking) {
  if (looking) return loaded ? `The newest ${plural(loaded, "image")}, looking for more …` : "Looking for images …";
  if (ended) return plural(loaded, "image");
  if (all > loaded) return `${loaded.toLocaleString("en")} of ${plural(all, "image")}`;
  return `The newest ${plural(loaded, "image")}`;
}
