import type { Version } from "@/api/types";
import { plural } from "@/hooks/format";

/** What has become of the data since the analysis: `3 decisions and 1 import since the analysis, about 45 rows.` */
export function changesSince(count: number, known: readonly Version[] = []): string {
  if (known.length < count) return `${plural(count, "change")} since the analysis: the issues do not know of them yet.`;
  const imports = known.filter(({ action }) => action === "import").length;
  const parts = [
    imports < count ? plural(count - imports, "decision") : "",
    imports ? plural(imports, "import") : "",
  ].filter(Boolean);
  const rows = known.reduce((sum, { changed }) => sum + changed, 0);
  return `${parts.join(" and ")} since the analysis, about ${plural(rows, "row")}: the issues do not know of them yet.`;
}
