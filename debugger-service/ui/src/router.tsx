import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { NotFound } from "./app/NotFound";
import { ProjectLayout } from "./app/ProjectLayout";
import { Shell } from "./app/Shell";
import { Failure } from "./components/Failure";
import { Loading } from "./components/Loading";
import { confusionSearch } from "./pages/confusion/search";
import { mapSearch } from "./pages/map/search";
import { overviewSearch } from "./pages/overview/search";
import { ProjectsPage } from "./pages/projects/ProjectsPage";
import { reviewSearch } from "./pages/review/search";
import { trySearch } from "./pages/try/search";
import { versionsSearch } from "./pages/versions/search";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const projects = createRoute({ getParentRoute: () => root, path: "/", component: ProjectsPage });
const project = createRoute({ getParentRoute: () => root, path: "/projects/$projectId", component: ProjectLayout });
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
  component: lazyRouteComponent(() => import("./pages/overview/OverviewPage"), "OverviewPage"),
});
const review = createRoute({
  getParentRoute: () => project,
  path: "review",
  validateSearch: reviewSearch,
  component: lazyRouteComponent(() => import("./pages/review/ReviewPage"), "ReviewPage"),
});
const map = createRoute({
  getParentRoute: () => project,
  path: "map",
  validateSearch: mapSearch,
  component: lazyRouteComponent(() => import("./pages/map/MapPage"), "MapPage"),
});
const confusion = createRoute({
  getParentRoute: () => project,
  path: "confusion",
  validateSearch: confusionSearch,
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
export function newRouter(history = createHashHistory()) {
  return createRouter({
    routeTree,
    history,
    defaultPreload: "intent",
    defaultPendingComponent: () => <Loading label="the page" />,
    defaultErrorComponent: ({ error, reset }) => <Failure error={error} title="This page broke" onRetry={reset} />,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
