// A list of the service, which comes page by page.
import { get } from "./api.js";

export class Listing {
  #path;
  #query;
  #cursor;
  #stop = new AbortController();

  constructor(path, query = {}) {
    this.#path = path;
    this.#query = new URLSearchParams(query);
  }

  /** Whether the last page was loaded. */
  get ended() {
    return this.#cursor === null;
  }

  /** The items of the next page, which may be none though there are more pages. */
  async next() {
    if (this.ended) return [];
    if (this.#cursor) this.#query.set("cursor", this.#cursor);
    const { items, next_cursor } = await get(`${this.#path}?${this.#query}`, this.#stop.signal);
    this.#cursor = next_cursor;
    return items;
  }

  /** Gives up the page that is on its way, which then ends in an abort. */
  stop() {
    this.#stop.abort();
  }
}
