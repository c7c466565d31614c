import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newCache } from "@/api/cache";
import type { IssueKind, Job, Project, Version } from "@/api/types";
import { changesSince } from "@/pages/overview/changes";
import { splitsOf } from "@/pages/overview/ModelQuality";
import { lastFailed } from "@/pages/overview/Notices";
import { overviewSearch } from "@/pages/overview/search";
import { confused } from "@/pages/overview/WorstPairs";
import { newRouter } from "@/router";
import { expectAccessible } from "../accessibility";
import { job, project } from "../samples";

const ID = project().id;
const AT = `/projects/${ID}`;
const HOSTILE = '<img src=x onerror="alert(1)"> \u202eevil';

const version = (some: Partial<Version>): Version => ({
  number: 2,
  action: "relabel",
  author: "Mai",
  comment: null,
  changed: 1,
  request: {},
  undoes: null,
  undone_by: null,
  created_at: "2026-11-21T08:05:38.000Z",
  ...some,
});

const kind = (some: Partial<IssueKind>): IssueKind => ({
  name: "label_error",
  title: "Label errors",
  description: "Labels that are likely wrong.",
  found: 0,
  open: 0,
  ...some,
});

const page = (items: unknown[]) => ({ items, next_cursor: null });
const measured = (value: number) => ({ value, low: value - 0.02, high: value + 0.02 });

const ANALYSED = {
  [`${AT}/rows/counts`]: {
    rows: 10_003,
    facets: {
      split: [
        ["training", 9_000],
        [null, 1_003],
      ],
      label: [
        [HOSTILE, 6_000],
        ["refund", 4_003],
      ],
      status: [
        ["active", 10_000],
        ["dropped", 3],
      ],
    },
  },
  [`${AT}/issues`]: {
    analysis: { version: 1, finished_at: "2026-11-21T08:05:38.000Z", encoder: null, classes: [] },
    kinds: [
      kind({ found: 218, open: 189 }),
      kind({ name: "outliers", title: "Outliers" }),
      kind({ name: "weak_slices", title: "Weak slices", found: 1, open: 1 }),
    ],
  },
  [`${AT}/issues/weak_slices`]: page([
    { rank: 1, reason: `Texts with “${HOSTILE}”: of 60 rows the model recognises 40 %.`, filter: "length < 4" },
  ]),
  [`${AT}/review-budget`]: {
    decided: 29,
    errors: 21,
    next: [{ rows: 20, expected: 18, low: 9, high: 20 }],
    left: { rows: 9_974, expected: 75, low: 38, high: 581 },
  },
  [`${AT}/metrics/history`]: page([
    { at: "", version: 1, source: "out_of_sample", model: null, splits: { all: {}, training: {} } },
    { at: "", version: 1, source: "served", model: "intent", splits: { all: {}, training: {} } },
  ]),
  [`${AT}/metrics`]: { rows: 9_000, accuracy: measured(0.884), macro_f1: measured(0.862), classes: [] },
  [`${AT}/confusion`]: {
    labels: ["refund", HOSTILE],
    cells: [],
    pairs: [{ labels: ["refund", HOSTILE], rows: 13, share: 0.11 }],
  },
  [`${AT}/versions`]: page([version({ number: 1, action: "import", changed: 10_003 })]),
};

function open(shown: Partial<Project>, jobs: Job[] = [], answers: Record<string, unknown> = ANALYSED) {
  const cache = newCache();
  const all: Record<string, unknown> = { ...answers, [AT]: project(shown), [`${AT}/jobs`]: page(jobs) };
  vi.stubGlobal("fetch", (request: Request) => {
    const { pathname } = new URL(request.url);
    const body = all[pathname];
    const problem = { detail: `Nothing is at ${pathname}.`, status: 404 };
    return Promise.resolve(Response.json(body ?? problem, { status: body ? 200 : 404 }));
  });
  const router = newRouter(cache, createMemoryHistory({ initialEntries: [`${AT}/overview`] }));
  const { container } = render(
    <QueryClientProvider client={cache}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { container, router };
}

beforeEach(() => {
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener = vi.fn();
      close = vi.fn();
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

const searchOf = (link: HTMLElement | undefined) =>
  Object.fromEntries(new URLSearchParams((link?.getAttribute("href") ?? "").split("?")[1]));

describe("what was found", () => {
  test("every number leads to the rows that it summarises", async () => {
    const { container } = open({});
    expect(searchOf(await screen.findByRole("link", { name: "29 rows decided" })).filter).toBe("decision : *");
    const errors = await screen.findByRole("link", { name: /^189\s*open: Label errors/ });
    expect(searchOf(errors)).toMatchObject({
      kind: "label_error",
      filter: "issue.label_error > 0 AND NOT decision : *",
    });
    const found = screen.getByRole("link", { name: /^of 218\s*found: Label errors/ });
    expect(searchOf(found).filter).toBe("issue.label_error > 0");
    const [own, served] = await screen.findAllByRole("link", { name: /Accuracy, training/ });
    expect(searchOf(own).filter).toBe('split = "training" AND correct = false');
    expect(searchOf(served).filter).toBe('split = "training" AND served.correct = false');
    expect(searchOf(await screen.findByRole("link", { name: /no split/ })).filter).toBe("NOT split : *");
    expect(searchOf(screen.getByRole("link", { name: /dropped/ })).filter).toBe('status = "dropped"');
    await expectAccessible(container);
  });

  test("what the data say is text", async () => {
    const { container } = open({});
    await screen.findByRole("heading", { name: "Rows by class" });
    expect(await screen.findAllByText(/<img src=x onerror="alert\(1\)"> ␦evil/)).not.toHaveLength(0);
    expect(container.querySelector("img")).toBeNull();
    expect(container.textContent).not.toContain("\u202e");
  });

  test("issues about groups of rows are listed, and the address says which", async () => {
    const { router } = open({});
    await userEvent.click(await screen.findByRole("button", { name: "Weak slices" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Weak slices" }));
    expect(searchOf(await dialog.findByRole("link", { name: "Show the rows" })).filter).toBe("length < 4");
    expect(router.state.location.search).toMatchObject({ kind: "weak_slices" });
  });

  test("data that changed since the analysis are told of", async () => {
    const versions = page([version({ number: 3, changed: 4 }), version({ number: 2 }), version({ number: 1 })]);
    open({ version: 3 }, [], { ...ANALYSED, [`${AT}/versions`]: versions });
    expect(await screen.findByText(/2 decisions since the analysis, about 5 rows/)).toBeTruthy();
  });
});

describe("states", () => {
  test("without rows a file can be given", async () => {
    const { container } = open({ rows: 0, version: 0, analysis_id: null });
    expect(await screen.findByRole("heading", { name: "No rows yet" })).toBeTruthy();
    expect(screen.getByLabelText("Import a file")).toBeTruthy();
    await expectAccessible(container);
  });

  test("while the first file is imported its progress is shown", async () => {
    const importing = job({ status: "running", progress: 0.4, seconds_left: 30 });
    open({ rows: 0, version: 0, analysis_id: null }, [importing]);
    expect(await screen.findByRole("heading", { name: "The first rows are on their way" })).toBeTruthy();
    expect(screen.getByRole("main").textContent).toContain("about 30 seconds left");
  });

  test("what was not analysed can be, and its rows are counted", async () => {
    open({ analysis_id: null });
    expect(await screen.findByRole("button", { name: "Analyse 10,003 rows" })).toBeTruthy();
    expect(await screen.findByRole("link", { name: /training/ })).toBeTruthy();
  });

  test("while the first analysis goes on its progress is shown", async () => {
    open({ analysis_id: null }, [job({ kind: "analyse", status: "running", progress: 0.6, seconds_left: 65 })]);
    expect(await screen.findByRole("heading", { name: "The issues come with the analysis" })).toBeTruthy();
    expect(screen.getByRole("main").textContent).toContain("about 1 minute left");
  });

  test("an analysis that failed says why, and what is still shown", async () => {
    open({}, [job({ kind: "analyse", status: "failed", error: "The rows have no words." })]);
    expect(await screen.findByText(/The rows have no words\. The figures are of the one before it\./)).toBeTruthy();
  });
});

test("a pair of classes is found both ways round", () => {
  expect(confused("a", 'b"')).toBe(
    '((label = "a") AND (prediction = "b\\"")) OR ((label = "b\\"") AND (prediction = "a"))',
  );
});

test("all rows are measured beside the splits where there is more than one", () => {
  const of = (splits: object) => splitsOf({ at: "", version: 1, source: "", model: null, splits: { ...splits } });
  expect(of({ all: {}, training: {} })).toEqual(["training"]);
  expect(of({ all: {}, testing: {}, training: {} })).toEqual(["all", "testing", "training"]);
  expect(of({ all: {} })).toEqual(["all"]);
});

test("changes are counted by what they are, once they are known", () => {
  const both = [version({ number: 3, action: "import", changed: 100 }), version({ number: 2, changed: 5 })];
  expect(changesSince(2, both)).toMatch(/^1 decision and 1 import since the analysis, about 105 rows/);
  expect(changesSince(120, both)).toBe("120 changes since the analysis: the issues do not know of them yet.");
});

test("an analysis that failed is forgotten when a later one did not", () => {
  const failed = job({ kind: "analyse", status: "failed" });
  expect(lastFailed([job({ kind: "map", status: "failed" }), failed])).toBe(failed);
  expect(lastFailed([job({ kind: "analyse" }), failed])).toBeUndefined();
});

test("what does not fit leaves the address", () => {
  expect(overviewSearch({ kind: "weak_slices", classes: "some" })).toEqual({
    kind: "weak_slices",
    classes: undefined,
  });
});
