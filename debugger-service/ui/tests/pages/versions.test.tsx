import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";
import { newCache } from "@/api/cache";
import type { Judgement, Proof } from "@/api/proofs";
import type { Measurement } from "@/api/trend";
import { shares } from "@/pages/versions/charts";
import { measurementsOf, splitsOf } from "@/pages/versions/measurements";
import { chance, drawnFrom, headline, signedPoints, stageOf } from "@/pages/versions/proving";
import { versionsSearch } from "@/pages/versions/search";
import { isVoid, toldShortly } from "@/pages/versions/told";
import { newRouter } from "@/router";
import { expectAccessible } from "../accessibility";
import { project } from "../samples";

const ID = project().id;
const SLOW = { timeout: 5_000 };
const measured = (value: number) => ({ value, low: value - 0.03, high: value + 0.03 });
const difference = { interval: { value: 0.11, low: 0.08, high: 0.14 }, p_value: 0.0005 };
const JUDGEMENT: Judgement = {
  rows: 560,
  accuracy_before: measured(0.8),
  accuracy_after: measured(0.91),
  macro_f1_before: measured(0.79),
  macro_f1_after: measured(0.9),
  table: { both: 427, only_before: 14, only_after: 74, neither: 45 },
  mcnemar: { exact: 0.004, mid_p: 0.003 },
  accuracy_difference: difference,
  macro_f1_difference: difference,
  better: "after",
};
const PROOF: Proof = {
  id: "01a21596-0d9d-777c-bc52-09d1a5e22c5c",
  status: "succeeded",
  stage: null,
  error: null,
  from: 1,
  to: 18,
  encoder: null,
  seed: 0,
  author: "Mai",
  created_at: "2026-11-21T08:05:38.000Z",
  holdout: "split",
  test_rows: 560,
  before: null,
  after: null,
  verdict: "after",
  summary: "What changed made the model better. By the cleaned labels it is right on 91.0%.",
  comparison: { rows: 560, given: null, cleaned: JUDGEMENT, changed: 33, warnings: ["33 rows changed."] },
  classes: [{ label: "<i>refund</i>", rows: 40, accuracy_before: 0.9, accuracy_after: 0.7 }],
};

function answering(proofs: Proof[]) {
  const answers: Record<string, unknown> = {
    [`/projects/${ID}`]: project({ version: 18 }),
    "/projects": { items: [project()], next_cursor: null },
    "/jobs": { items: [], next_cursor: null },
    [`/projects/${ID}/versions`]: { items: [], next_cursor: null },
    [`/projects/${ID}/proofs`]: { items: proofs, next_cursor: null },
    [`/projects/${ID}/proofs/${PROOF.id}`]: proofs[0],
  };
  vi.stubGlobal("fetch", (request: Request) => {
    const { pathname } = new URL(request.url);
    const body = answers[pathname] ?? { detail: `Nothing is at ${pathname}.`, status: 404 };
    return Promise.resolve(Response.json(body, { status: pathname in answers ? 200 : 404 }));
  });
}

function open() {
  const cache = newCache();
  const history = createMemoryHistory({ initialEntries: [`/projects/${ID}/versions`] });
  return render(
    <QueryClientProvider client={cache}>
      <RouterProvider router={newRouter(cache, history)} />
    </QueryClientProvider>,
  );
}

afterEach(() => vi.unstubAllGlobals());

describe("a proof", () => {
  test("is shown with its verdict, warnings, wins and losses, and the classes that moved", async () => {
    answering([PROOF]);
    const { container } = open();
    expect(await screen.findByRole("heading", { name: "What changed made the model better." }, SLOW)).toBeTruthy();
    expect(within(screen.getByLabelText("Verdict")).getByText("+11.0 points")).toBeTruthy();
    expect(screen.getByText("33 rows changed.")).toBeTruthy();
    expect(screen.getByText(/once in about 250 times/)).toBeTruthy();
    expect(screen.getByText("<i>refund</i>")).toBeTruthy();
    expect(screen.getByText("▼ −20.0")).toBeTruthy();
    expect(screen.queryByText("By the labels as given")).toBeNull();
    await expectAccessible(container);
  });

  test("that failed says why", async () => {
    answering([{ ...PROOF, status: "failed", verdict: null, comparison: null, error: "The intent service is away." }]);
    open();
    expect(await screen.findByText(/The intent service is away/, {}, SLOW)).toBeTruthy();
  });

  test("cannot be begun with the newer version before the older", async () => {
    answering([]);
    open();
    await userEvent.click(await screen.findByRole("button", { name: "New proof …" }, SLOW));
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Prove" }).disabled).toBe(false);
    await userEvent.selectOptions(screen.getByLabelText("After"), ["18"]);
    expect(screen.queryByText(/must be newer/)).toBeNull();
  });

  test("tells which stage it is in", () => {
    const at = (stage: string | null) => stageOf({ stage, status: "running", from: 1 });
    expect([null, "training on version 1: fitting", "training on version 18: fitting"].map(at)).toEqual([0, 1, 2]);
    expect(["asking both models", "comparing", "waiting: no place"].map(at)).toEqual([3, 4, undefined]);
  });
});

test("numbers are told in words", () => {
  expect([0.1071, -0.02, 0].map(signedPoints)).toEqual(["+10.7", "−2.0", "±0.0"]);
  expect([1e-9, 0.0005, 0.004, 0.2].map(chance)).toEqual([
    "less than once in 10,000 times",
    "less than once in 1,000 times",
    "once in about 250 times",
    "in 20 % of all times",
  ]);
  expect(headline("Better. By 3.1 points. So.")).toEqual(["Better.", "By 3.1 points. So."]);
  expect(headline("Better.")).toEqual(["Better.", ""]);
  expect(drawnFrom([JUDGEMENT])).toBeCloseTo(0.7);
  expect(drawnFrom([])).toBeCloseTo(0.9);
});

test("axes hold all values", () => {
  const { low, high, ticks } = shares([0.74, 0.951]);
  expect(low).toBeLessThanOrEqual(0.74);
  expect(high).toBeGreaterThanOrEqual(0.951);
  expect(ticks.every((tick) => tick >= low - 1e-9 && tick <= high + 1e-9)).toBe(true);
  expect(shares([1]).high).toBe(1);
  expect(shares([]).low).toBeLessThan(shares([]).high);
});

test("versions are told by what they did", () => {
  const told = (action: string, request: Record<string, unknown>, undoes: number | null = null) =>
    toldShortly({ action, request, undoes });
  expect(told("import", { name: "chatbot.json" })).toBe("Imported: chatbot.json");
  expect(told("merge", { labels: ["a", "b"], label: "a" })).toBe("Merged: a, b → a");
  expect(told("undo", {}, 3)).toBe("Version 3 undone");
  expect(told("something_new", {})).toBe("something_new");
});

test("what undoes an undo does it again", () => {
  const of = (number: number, undoes: number | null, undone_by: number | null) => ({ number, undoes, undone_by });
  const all = [of(6, 5, null), of(5, 4, 6), of(4, 3, 5), of(3, null, 4)];
  const words = all.slice(0, 3).map(({ undoes }) => toldShortly({ action: "undo", request: {}, undoes }, all));
  expect(words).toEqual(["Version 3 undone", "Version 3 redone", "Version 3 undone"]);
  expect(all.map((each) => isVoid(each, all))).toEqual([false, true, false, true]);
});

test("measurements are in order of time, of one split, and broken ones are left out", () => {
  const of = (version: number, splits: Measurement["splits"]): Measurement => ({
    at: "2026-11-21T08:05:38.000Z",
    version,
    source: "out_of_sample",
    model: null,
    splits,
  });
  const whole = { rows: 3, accuracy: measured(0.5), macro_f1: measured(0.4) };
  const history = [of(3, { all: whole, testing: whole }), of(2, { all: { rows: 3 } }), of(1, { all: whole })];
  expect(measurementsOf(history, "all", "macro_f1").map(({ version }) => version)).toEqual([1, 3]);
  expect(splitsOf(history)).toEqual(["all", "testing"]);
});

test("what does not fit leaves the address, and version 0 is one", () => {
  expect(versionsSearch({ from: 0, to: "x", view: "changes", metric: "f1" })).toEqual({ from: 0, view: "changes" });
  expect(versionsSearch({ from: "", to: true })).toEqual({});
});
