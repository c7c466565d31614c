// Changes of labels that are not saved yet: they are kept while other images are looked at.

const NOTHING = { changes: [], contested: [], comment: "" };
const kept = new Map();

/** What is kept for an image: its changes, those that somebody else was faster than, and the comment. */
export const unsavedOf = (id) => kept.get(id) ?? NOTHING;

export function keep(id, parts) {
  const left = { ...unsavedOf(id), ...parts };
  if (left.changes.length + left.contested.length > 0 || left.comment) kept.set(id, left);
  else kept.delete(id);
}

export const forget = (id) => kept.delete(id);
export const hasUnsaved = () => kept.size > 0;
