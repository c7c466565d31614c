import { expect, test } from "vitest";
import { advice, asProblem, isUnloaded, Problem, problemOf } from "@/api/problem";

test("a problem document's detail is what is told", () => {
  const problem = problemOf(409, { detail: "There is a project called Chatbot already.", request_id: "01a1" });
  expect([problem.status, problem.detail, problem.requestId]).toEqual([
    409,
    "There is a project called Chatbot already.",
    "01a1",
  ]);
});

test("an answer that is no problem document is told by its status", () => {
  expect(problemOf(502, "<html>").detail).toBe("The service answered 502 without saying why.");
});

test("where no answer came, the service cannot be reached, which may pass", () => {
  const problem = asProblem(new TypeError("Failed to fetch"));
  expect([problem.status, problem.mayPass]).toEqual([0, true]);
  expect(advice(problem)).toContain("network");
});

test.each([
  new TypeError("Failed to fetch dynamically imported module: http://x/assets/TryPage-1a.js"),
  new TypeError("error loading dynamically imported module"),
  new TypeError("Importing a module script failed."),
  new Error("Unable to preload CSS for http://x/assets/TryPage-1a.css"),
])("a part that did not come is told as that: %s", (error) => {
  expect(isUnloaded(error)).toBe(true);
  const { status, detail } = asProblem(error);
  expect([status, detail]).toEqual([0, "A part of this page could not be loaded."]);
});

test.each([
  [404, false],
  [409, false],
  [422, false],
  [429, true],
  [503, true],
])("status %d may pass: %s", (status, mayPass) => {
  expect(new Problem(status, "").mayPass).toBe(mayPass);
});
