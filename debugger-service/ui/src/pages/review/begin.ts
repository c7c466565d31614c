import type { QueryClient } from "@tanstack/react-query";
import { begin, beginAnalysed, beginPaged } from "@/api/beginning";
import { attributionQuery, budgetQuery } from "@/api/decisions";
import { kindsQuery, rowQuery } from "@/api/project_data";
import { queueQuery } from "./queue";
import { wantedOf, type ReviewSearch } from "./search";

export async function beginReview(cache: QueryClient, project: string, search: ReviewSearch): Promise<void> {
  const known = await beginAnalysed(cache, project);
  if (!known) return;
  void begin(cache, kindsQuery(project));
  void begin(cache, budgetQuery(project));
  if (search.row) beginRow(cache, project, search.row);
  const queue = await beginPaged(cache, queueQuery(project, known.analysis_id, wantedOf(search)));
  const first = queue?.pages[0]?.items[0];
  if (first && !search.row) beginRow(cache, project, first.number);
}

function beginRow(cache: QueryClient, project: string, number: number): void {
  void begin(cache, rowQuery(project, number));
  void begin(cache, attributionQuery(project, number));
}
