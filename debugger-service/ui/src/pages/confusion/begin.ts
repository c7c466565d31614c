import type { QueryClient } from "@tanstack/react-query";
import { begin, beginAnalysed } from "@/api/beginning";
import { ambiguousQuery, classesQuery, confusionQuery } from "@/api/confusion";
import { countsQuery, kindsQuery } from "@/api/project_data";
import { withinOf, type ConfusionSearch } from "./search";

export async function beginConfusion(cache: QueryClient, project: string, search: ConfusionSearch): Promise<void> {
  const source = search.source ?? "out_of_sample";
  void begin(cache, countsQuery(project));
  if (!(await beginAnalysed(cache, project))) return;
  void begin(cache, confusionQuery(project, source, withinOf(search)));
  void begin(cache, ambiguousQuery(project));
  void begin(cache, kindsQuery(project));
  void begin(cache, classesQuery(project, source, withinOf(search)));
}
