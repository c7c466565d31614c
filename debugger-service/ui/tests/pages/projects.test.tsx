import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { newCache } from "@/api/cache";
import { newRouter } from "@/router";
import { expectAccessible } from "../accessibility";
import { project } from "../samples";

function answering(answers: Record<string, unknown>) {
  vi.stubGlobal("fetch", (request: Request) => {
    const { pathname } = new URL(request.url);
    const body = answers[`${request.method} ${pathname}`];
    const problem = { detail: `Nothing is at ${pathname}.`, status: 404 };
    return Promise.resolve(Response.json(body ?? problem, { status: body ? 200 : 404 }));
  });
}

function open(path: string) {
  const cache = newCache();
  return render(
    <QueryClientProvider client={cache}>
      <RouterProvider router={newRouter(cache, createMemoryHistory({ initialEntries: [path] }))} />
    </QueryClientProvider>,
  );
}

afterEach(() => vi.unstubAllGlobals());

test("without a project the page says how to begin one", async () => {
  answering({ "GET /projects": { items: [], next_cursor: null }, "GET /jobs": { items: [], next_cursor: null } });
  const { container } = open("/");
  expect(await screen.findByRole("heading", { name: "No project yet" })).toBeTruthy();
  await expectAccessible(container);
});

test("a project that was not analysed offers to be", async () => {
  answering({
    "GET /projects": { items: [project({ analysis_id: null })], next_cursor: null },
    "GET /jobs": { items: [], next_cursor: null },
  });
  open("/");
  expect(await screen.findByRole("link", { name: "Chatbot" })).toBeTruthy();
  expect(screen.getByText(/10,003 rows/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Analyse now" })).toBeTruthy();
});

test("a file that is chosen becomes a project of its name", async () => {
  answering({ "GET /projects": { items: [], next_cursor: null }, "GET /jobs": { items: [], next_cursor: null } });
  open("/");
  await screen.findByRole("heading", { name: "No project yet" });
  await userEvent.upload(screen.getByLabelText("Choose a file"), new File(["text,label"], "chatbot.csv.gz"));
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("chatbot");
});

test("a project that does not exist is told of", async () => {
  answering({ "GET /jobs": { items: [], next_cursor: null } });
  open("/projects/019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2/overview");
  expect(await screen.findByText(/Nothing is at/)).toBeTruthy();
});
