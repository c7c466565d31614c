import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newCache } from "@/api/cache";
import { newRouter } from "@/router";
import { expectAccessible } from "../../accessibility";
import { job, project } from "../../samples";

const ROWS = { items: [], next_cursor: null };
const asked: string[] = [];

/** The service, which refuses the map so. */
function refusing(status: number, detail: string) {
  const { id } = project();
  const answers: Record<string, unknown> = {
    [`/projects/${id}`]: project(),
    [`/projects/${id}/rows/counts`]: { rows: 0, facets: {} },
    [`/projects/${id}/maps`]: job({ kind: "map", status: "queued" }),
    [`/projects/${id}/analyses`]: job({ kind: "analyse", status: "queued" }),
    [`/jobs/${job().id}`]: job({ kind: "map", status: "running", progress: 0.5, total: null }),
  };
  vi.stubGlobal("fetch", (request: Request | string) => {
    const { pathname } = new URL(typeof request === "string" ? request : request.url);
    if (typeof request !== "string") asked.push(`${request.method} ${pathname}`);
    if (pathname.endsWith("/map") || pathname.endsWith("/issues"))
      return Promise.resolve(Response.json({ detail, status }, { status }));
    return Promise.resolve(Response.json(answers[pathname] ?? ROWS));
  });
}

function open() {
  const cache = newCache();
  const history = createMemoryHistory({ initialEntries: [`/projects/${project().id}/map`] });
  return render(
    <QueryClientProvider client={cache}>
      <RouterProvider router={newRouter(cache, history)} />
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal(
    "EventSource",
    class extends EventTarget {
      close = vi.fn();
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

test("before an analysis the page begins one", async () => {
  refusing(409, "The project has not been analysed yet: POST …/analyses begins that.");
  const { container } = open();
  await screen.findByRole("heading", { name: "No map before an analysis" });
  await expectAccessible(container);
  await userEvent.click(screen.getByRole("button", { name: "Analyse" }));
  await vi.waitFor(() => expect(asked).toContain(`POST /projects/${project().id}/analyses`));
});

test("while the map is made the page says how far it is", async () => {
  refusing(409, `A map of this project is being made, by the job ${job().id}; wait for it, or cancel it.`);
  open();
  expect(await screen.findByRole("heading", { name: "The map is being made" })).toBeTruthy();
  expect(await screen.findByRole("progressbar")).toBeTruthy();
});

test("where the analysis has no map one can be made", async () => {
  refusing(404, "The newest analysis has no map: POST …/maps has one made.");
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Make the map" }));
  await vi.waitFor(() => expect(asked).toContain(`POST /projects/${project().id}/maps`));
});
