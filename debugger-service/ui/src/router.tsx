import type { QueryClient } from "@tanstack/react-query";
import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { isUnloaded } from "./api/problem";
import { beginProject } from "./app/begin";
import { NotFound } from "./app/NotFound";
import { ProjectLayout } from "./app/ProjectLayout";
import { Shell } from "./app/Shell";
import { Failure } from "./components/Failure";
import { Loading } from "./components/Loading";
import { beginConfusion } from "./pages/confusion/begin";
import { confusionSearch } from "./pages/confusion/search";
import { beginMap } from "./pages/map/begin";
import { mapSearch } from "./pages/map/search";
import { beginOverview } from "./pages/overview/begin";
import { overviewSearch } from "./pages/overview/search";
import { ProjectsPage } from "./pages/projects/ProjectsPage";
import { beginReview } from "./pages/review/begin";
import { reviewSearch } from "./pages/review/search";
import { trySearch } from "./pages/try/search";
import { versionsSearch } from "./pages/versions/search";

interface Context {
  cache: QueryClient;
}

/** A page's questions are begun while its script is on its way, and when one comes to it: not at each step within it. */
const isNew = ({ cause }: { cause: "preload" | "enter" | "stay" }) => cause !== "stay";

const root = createRootRouteWithContext<Context>()({ component: Shell, notFoundComponent: NotFound });
const projects = createRoute({ getParentRoute: () => root, path: "/", component: ProjectsPage });
const project = createRoute({
  getParentRoute: () => root,
  path: "/projects/$projectId",
  component: ProjectLayout,
  loader: ({ context, params }) => beginProject(context.cache, params.projectId),
  shouldReload: isNew,
});
const first = createRoute({
  getParentRoute: () => project,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/projects/$projectId/overview", params, replace: true });
  },
});
const overview = createRoute({
  getParentRoute: () => project,
  path: "overview",
  validateSearch: overviewSearch,
  loader: ({ context, params }) => void beginOverview(context.cache, params.projectId),
  shouldReload: isNew,
  component: lazyRouteComponent(() => import("./pages/overview/OverviewPage"), "OverviewPage"),
});
const review = createRoute({
  getParentRoute: () => project,
  path: "review",
  validateSearch: reviewSearch,
  loader: ({ context, params, location }) =>
    void beginReview(context.cache, params.projectId, reviewSearch(location.search)),
  shouldReload: isNew,
  component: lazyRouteComponent(() => import("./pages/review/ReviewPage"), "ReviewPage"),
});
const map = createRoute({
  getParentRoute: () => project,
  path: "map",
  validateSearch: mapSearch,
  loader: ({ context, params, location }) => void beginMap(context.cache, params.projectId, mapSearch(location.search)),
  shouldReload: isNew,
  component: lazyRouteComponent(() => import("./pages/map/MapPage"), "MapPage"),
});
const confusion = createRoute({
  getParentRoute: () => project,
  path: "confusion",
  validateSearch: confusionSearch,
  loader: ({ context, params, location }) =>
    void beginConfusion(context.cache, params.projectId, confusionSearch(location.search)),
  shouldReload: isNew,
  component: lazyRouteComponent(() => import("./pages/confusion/ConfusionPage"), "ConfusionPage"),
});
const tryIt = createRoute({
  getParentRoute: () => project,
  path: "try",
  validateSearch: trySearch,
  component: lazyRouteComponent(() => import("./pages/try/TryPage"), "TryPage"),
});
const versions = createRoute({
  getParentRoute: () => project,
  path: "versions",
  validateSearch: versionsSearch,
  component: lazyRouteComponent(() => import("./pages/versions/VersionsPage"), "VersionsPage"),
});

const routeTree = root.addChildren([
  projects,
  project.addChildren([first, overview, review, map, confusion, tryIt, versions]),
]);

/** The pages. Their addresses are behind `#`, so that one file serves them all, below any prefix. */
export function newRouter(cache: QueryClient, history = createHashHistory()) {
  return createRouter({
    routeTree,
    history,
    context: { cache },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: () => <Loading label="the page" />,
    defaultErrorComponent: ({ error, reset }) => (
      // What failed to load is not asked for again by itself, and may be gone: a newer page knows the newer files.
      <Failure
        error={error}
        title={isUnloaded(error) ? "This page did not come" : "This page broke"}
        onRetry={isUnloaded(error) ? () => window.location.reload() : reset}
      />
    ),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
