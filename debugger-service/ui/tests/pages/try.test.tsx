import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Tried, Word } from "@/api/behaviour";
import { newCache } from "@/api/cache";
import { pieces, points, strength } from "@/pages/try/attributed";
import { endOf } from "@/pages/try/rates";
import { trySearch } from "@/pages/try/search";
import { newRouter } from "@/router";
import { expectAccessible } from "../accessibility";
import { project } from "../samples";

const ID = project().id;
const SLOW = { timeout: 5_000 };
const TEXT = "🤷🏽 <b>where</b> is it";
const WORDS: Word[] = [
  { start: 3, end: 15, text: "<b>where</b>", weight: 0.4 },
  { start: 16, end: 18, text: "is", weight: -0.2 },
  { start: 19, end: 21, text: "it", weight: 0.001 },
];
const TRIED: Tried = {
  label: "arrival",
  confidence: 0.75,
  labels: ["arrival", "refund"],
  confidences: [0.75, 0.25],
  words: WORDS,
  neighbours: [],
  note: "There is no analysis yet.",
  variants: [
    {
      perturbation: "typos",
      text: "whree is it",
      change: "whree for where",
      label: "refund",
      confidence: 0.6,
      flips: true,
    },
    {
      perturbation: "casing",
      text: "WHERE IS IT",
      change: "capitals",
      label: "arrival",
      confidence: 0.7,
      flips: false,
    },
  ],
};

function answering(answers: Record<string, unknown>) {
  const asked: unknown[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "POST") asked.push(await request.clone().json());
    const body = answers[`${request.method} ${pathname}`];
    const problem = { detail: "The project's own model comes with an analysis.", status: 409 };
    return Response.json(body ?? problem, { status: body ? 200 : 409 });
  });
  return asked;
}

function open(search: string) {
  const cache = newCache();
  const history = createMemoryHistory({ initialEntries: [`/projects/${ID}/try${search}`] });
  const router = newRouter(cache, history);
  const { container } = render(
    <QueryClientProvider client={cache}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { container, history };
}

const AROUND = {
  [`GET /projects/${ID}`]: project(),
  "GET /projects": { items: [project()], next_cursor: null },
  "GET /jobs": { items: [], next_cursor: null },
  "GET /perturbations": [{ name: "typos", title: "Typos", description: "Letters swapped", is_english: false }],
};

afterEach(() => vi.unstubAllGlobals());

describe("the words of a text", () => {
  test("are found by code points, whatever UTF-16 makes of them", () => {
    const found = pieces(TEXT, WORDS);
    expect(found.map(({ text }) => text).join("")).toBe(TEXT);
    expect(found.filter(({ word }) => word !== undefined).map(({ text }) => text)).toEqual([
      "<b>where</b>",
      "is",
      "it",
    ]);
  });

  test("are marked by their weight beside the heaviest, and not at all below half a point", () => {
    expect(WORDS.map(({ weight }) => strength(weight, WORDS))).toEqual([1, 0.5, 0]);
    expect([0.4, -0.2, 0].map(points)).toEqual(["+40.0 points", "−20.0 points", "0.0 points"]);
  });

  test("are faint where even the heaviest is light", () => {
    const light = [{ start: 0, end: 1, text: "a", weight: 0.02 }];
    expect(strength(0.02, light)).toBeCloseTo(0.2);
  });
});

test("bars end where small rates can be told apart, and few rows do not stretch them", () => {
  const rate = (rows: number, value: number, high: number) => ({ rows, rate: { value, low: 0, high } });
  expect(endOf([rate(300, 0.04, 0.07), rate(2, 0, 0.7)])).toBe(0.1);
  expect(endOf([rate(300, 0.2, 0.3), rate(2, 0.9, 1)])).toBe(1);
  expect(endOf([])).toBe(0.1);
});

test("what does not fit leaves the address", () => {
  expect(trySearch({ view: "x", text: 12, source: "served", service: "", test: null })).toEqual({
    text: "12",
    source: "served",
  });
});

test("a sentence in the address is asked about; what flips it comes first", async () => {
  const asked = answering({ ...AROUND, [`POST /projects/${ID}/try`]: TRIED });
  const { container } = open(`?text=${encodeURIComponent(JSON.stringify(TEXT))}`);
  const prediction = await screen.findByRole("region", { name: "Prediction" }, SLOW);
  expect(within(prediction).getAllByRole("listitem")[0]?.textContent).toBe("arrival75.0%");
  expect(asked).toEqual([{ text: TEXT, source: "own", service: "intent", language: "en" }]);
  expect(screen.getByText("There is no analysis yet.")).toBeTruthy();
  expect(screen.getByText("whree is it")).toBeTruthy();
  expect(screen.getByText(/1 change that leaves/)).toBeTruthy();
  expect(container.querySelector("b")).toBeNull();
  await userEvent.hover(screen.getByRole("button", { name: "<b>where</b>: +40.0 points" }));
  expect(screen.getByText(/the model is/).textContent).toContain("35.0% sure of arrival, not 75.0%: +40.0 points");
  await expectAccessible(container);
});

test("a typed sentence goes into the address, and why there is no answer is told", async () => {
  answering(AROUND);
  const { history } = open("");
  await userEvent.type(await screen.findByLabelText("Sentence", {}, SLOW), "where is it{Enter}");
  expect(await screen.findByRole("heading", { name: "No model yet" }, SLOW)).toBeTruthy();
  expect(screen.getAllByText("The project's own model comes with an analysis.")).not.toHaveLength(0);
  expect(history.location.search).toContain("where");
});
