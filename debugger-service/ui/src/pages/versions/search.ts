import { choiceOf, textOf, type Search } from "@/hooks/search_values";

export const VIEWS = ["proof", "changes", "trend", "export"] as const;
export const METRICS = ["accuracy", "macro_f1"] as const;
export const SOURCES = ["out_of_sample", "served"] as const;

export interface VersionsSearch {
  view?: (typeof VIEWS)[number];
  /** The versions that are compared; 0 is before the first import. */
  from?: number;
  to?: number;
  /** Of the changes: what the text or a label contains. */
  contains?: string;
  /** The proof that is looked at; by default the newest. */
  proof?: string;
  /** Of the trend: what is drawn, of which rows, and whose calibration. */
  metric?: (typeof METRICS)[number];
  split?: string;
  source?: (typeof SOURCES)[number];
}

export const versionsSearch = (search: Search): VersionsSearch => ({
  view: choiceOf(search.view, VIEWS),
  from: versionOf(search.from),
  to: versionOf(search.to),
  contains: textOf(search.contains),
  proof: textOf(search.proof),
  metric: choiceOf(search.metric, METRICS),
  split: textOf(search.split),
  source: choiceOf(search.source, SOURCES),
});

function versionOf(value: unknown): number | undefined {
  const number = typeof value === "number" || (typeof value === "string" && value) ? Number(value) : -1;
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
