import { answer, api } from "@/api/client";
import type { JobError } from "@/api/types";

const PAGE = 1_000;

/** Lets the browser save what a job could not do, as CSV. */
export async function downloadErrors(job: string): Promise<void> {
  const rows = await allErrors(job);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([asCsv(rows)], { type: "text/csv;charset=utf-8" }));
  link.download = `import-errors-${job}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function allErrors(job: string): Promise<JobError[]> {
  const found: JobError[] = [];
  let cursor: string | undefined;
  do {
    const params = { path: { job_id: job }, query: { limit: PAGE, cursor } };
    const page = await answer(api.GET("/jobs/{job_id}/errors", { params }));
    found.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return found;
}

/** The rows as CSV (RFC 4180); what a spreadsheet would take for a formula is shown as text. */
export function asCsv(rows: readonly JobError[]): string {
  const lines = rows.map(({ number, subject, message }) => [String(number), subject, message].map(cell).join(","));
  return ["row,begins_with,why", ...lines, ""].join("\r\n");
}

const cell = (value: string) => `"${(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
