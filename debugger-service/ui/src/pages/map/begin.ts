import type { QueryClient } from "@tanstack/react-query";
import { begin, beginAnalysed, beginPaged } from "@/api/beginning";
import { mapQuery } from "@/api/map";
import { countsQuery, kindsQuery, rowsQuery } from "@/api/project_data";
import { filterOf } from "./filter";
import type { MapSearch } from "./search";

export async function beginMap(cache: QueryClient, project: string, search: MapSearch): Promise<void> {
  const filter = filterOf(search);
  void begin(cache, countsQuery(project, filter));
  if (search.like === undefined) void beginPaged(cache, rowsQuery(project, filter));
  if (!(await beginAnalysed(cache, project))) return;
  void begin(cache, mapQuery(project, search.colour ?? "label"));
  void begin(cache, kindsQuery(project));
}
