// What is shown is in the page's address: a view can be shared, and Back works.

export const MODES = ["tag", "absent", "unknown"];

/** The view that the address tells. */
export function read() {
  const query = new URLSearchParams(location.search);
  return {
    tags: MODES.flatMap((mode) => query.getAll(mode).map((name) => ({ mode, name }))),
    text: query.get("text") ?? "",
    unlabeled: query.get("labeled") === "false",
    dataset: query.get("dataset") ?? "",
    image: query.get("image"),
  };
}

/** The filter as the query of `GET images`. */
export function filterQuery({ tags, text, unlabeled, dataset }) {
  const query = new URLSearchParams(tags.map(({ mode, name }) => [mode, name]));
  if (text.trim()) query.set("text", text.trim());
  if (unlabeled) query.set("labeled", "false");
  if (dataset) query.set("dataset", dataset);
  return query;
}

/** The address of a view, relative to the page's own. */
export function link(view) {
  const query = filterQuery(view);
  if (view.image) query.set("image", view.image);
  return query.size ? `?${query}` : location.pathname;
}

export const isFiltered = (view) => filterQuery(view).size > 0;

/** Goes to a view; where `replace` is set Back skips the one left. */
export function go(view, { replace = false } = {}) {
  const opened = replace ? history.state?.opened : view.image && !read().image;
  history[replace ? "replaceState" : "pushState"]({ opened: Boolean(opened) }, "", link(view));
  dispatchEvent(new Event("viewchange"));
}

/** Closes the image: Back where it was opened from the gallery, so that Back does not open it again. */
export function closeImage() {
  if (history.state?.opened) history.back();
  else go({ ...read(), image: null }, { replace: true });
}

addEventListener("popstate", () => dispatchEvent(new Event("viewchange")));
