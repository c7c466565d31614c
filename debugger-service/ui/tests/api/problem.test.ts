import { expect, test } from "vitest";
import { advice, asProblem, Problem, problemOf } from "@/api/problem";

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
  [404, false],
  [409, false],
  [422, false],
  [429, true],
  [503, true],
])("status %d may pass: %s", (status, mayPass) => {
  expect(new Problem(status, "").mayPass).toBe(mayPass);
});
