// An image's labels as they are, and what the user would change of them: tag by tag present, absent or unknown.

const keyOf = (name) => name.normalize("NFC").toLowerCase();

export class Draft {
  #known = new Map();
  #changes = new Map();
  #checklist = new Map();

  /** `labels` is the service's answer; `changes` a list of `{name, state}` to make of them. */
  constructor(labels, changes = []) {
    this.version = labels.labeling;
    for (const state of ["present", "absent", "unknown"]) {
      labels[state].forEach(({ name }) => this.#known.set(keyOf(name), { name, state }));
    }
    changes.forEach(({ name, state }) => this.set(name, state));
  }

  /** Under a label schema each of these tags is absent unless it is present. */
  lookFor(names) {
    const changes = this.changes;
    this.#checklist = new Map(names.map((name) => [keyOf(name), name]));
    this.#changes.clear();
    changes.forEach(({ name, state }) => this.set(name, state));
  }

  isLookedFor(name) {
    return this.#checklist.has(keyOf(name));
  }

  /** What is saved of the tag. */
  stateOf(name) {
    return this.#changes.get(keyOf(name))?.state ?? this.#without(name);
  }

  #without(name) {
    const state = this.#known.get(keyOf(name))?.state ?? "unknown";
    return state === "unknown" && this.isLookedFor(name) ? "absent" : state;
  }

  set(name, state) {
    const wanted = state === "unknown" && this.isLookedFor(name) ? "absent" : state;
    const known = this.#known.get(keyOf(name))?.name ?? this.#checklist.get(keyOf(name)) ?? name;
    if (wanted === this.#without(name)) this.#changes.delete(keyOf(name));
    else this.#changes.set(keyOf(name), { name: known, state: wanted });
  }

  isChanged(name) {
    return this.#changes.has(keyOf(name));
  }

  /** What the user changed, as a list of `{name, state}`. */
  get changes() {
    return [...this.#changes.values()];
  }

  /** Whether there is something to save: changes, or tags of the checklist that nobody has looked for yet. */
  get isNews() {
    const news = ([key]) => (this.#known.get(key)?.state ?? "unknown") === "unknown";
    return this.#changes.size > 0 || [...this.#checklist].some(news);
  }

  /** All tags: those known of the image first, then the new ones. */
  get names() {
    const added = this.changes.filter(({ name }) => !this.#known.has(keyOf(name)));
    return [...this.#known.values(), ...added].map(({ name }) => name);
  }

  /** The names of the tags that are in a state; those of the checklist are told, too. */
  named(state) {
    const names = new Map([...this.names.map((name) => [keyOf(name), name]), ...this.#checklist]);
    return [...names.values()].filter((name) => this.stateOf(name) === state);
  }
}
