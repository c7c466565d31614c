import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { projectQuery } from "@/api/projects";
import { Query } from "@/components/Query";
import { rememberPlace } from "@/hooks/last_place";
import { useProjectId } from "@/hooks/url_state";

/** What is around every page of a project: it has loaded the project, and remembers where the person is. */
export function ProjectLayout() {
  const id = useProjectId();
  const place = useLocation({ select: ({ href }) => href });
  const query = useQuery(projectQuery(id));
  useEffect(() => rememberPlace(id, place), [id, place]);
  return (
    <Query query={query} label="the project">
      {() => <Outlet />}
    </Query>
  );
}
