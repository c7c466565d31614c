import type { QueryClient } from "@tanstack/react-query";
import { begin, beginAnalysed, beginPaged } from "@/api/beginning";
import { confusionQuery } from "@/api/confusion";
import { budgetQuery } from "@/api/decisions";
import { groupsQuery } from "@/api/issues";
import { countsQuery, kindsQuery } from "@/api/project_data";
import { historyQuery } from "@/api/trend";

export async function beginOverview(cache: QueryClient, project: string): Promise<void> {
  void begin(cache, countsQuery(project));
  if (!(await beginAnalysed(cache, project))) return;
  void begin(cache, kindsQuery(project));
  void begin(cache, budgetQuery(project));
  void beginPaged(cache, historyQuery(project));
  void begin(cache, confusionQuery(project, "out_of_sample"));
  void begin(cache, groupsQuery(project, "weak_slices"));
}
