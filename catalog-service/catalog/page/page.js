// The catalog's page: shows what its address tells, and again whenever that changes.
import { filterQuery, go, read } from "./address.js";
import { byId } from "./dom.js";
import { showImage, showNeighbours } from "./detail.js";
import { offerDatasets, showFilter } from "./filter_bar.js";
import { load } from "./gallery.js";
import { select } from "./selection.js";
import { hasUnsaved } from "./unsaved.js";
import { isUploading } from "./uploads.js";
import "./batch.js";
import "./keys.js";

let shown = null;

async function show() {
  const view = read();
  const filter = filterQuery(view).toString();
  showFilter(view);
  if (filter !== shown) {
    shown = filter;
    select([]);
    load().then(showNeighbours);
  }
  await showImage(view.image);
}

byId("gallery").addEventListener("click", (event) => {
  const opener = event.target.closest("a");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go({ ...read(), image: opener.closest("li").dataset.id });
});
addEventListener("viewchange", show);
addEventListener("beforeunload", (event) => {
  if (hasUnsaved() || isUploading()) event.preventDefault();
});

offerDatasets();
await show();
