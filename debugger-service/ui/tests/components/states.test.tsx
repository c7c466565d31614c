import type { UseQueryResult } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { Problem } from "@/api/problem";
import { JobProgress } from "@/components/JobProgress";
import { Query } from "@/components/Query";
import { expectAccessible } from "../accessibility";
import { job } from "../samples";

const queryOf = (some: Partial<UseQueryResult<string>>) => some as UseQueryResult<string>;

test("a query that is under way says what is loaded", () => {
  render(
    <Query query={queryOf({ data: undefined })} label="the rows">
      {() => "data"}
    </Query>,
  );
  expect(screen.getByRole("status", { name: "Loading the rows" })).toBeTruthy();
});

test("a query that failed says why, what to do, and can be tried again", async () => {
  const refetch = vi.fn(() => Promise.resolve());
  const error = new Problem(503, "The database does not answer; try again in a moment.", "01a1");
  const { container } = render(
    <Query query={queryOf({ data: undefined, isError: true, error, refetch: refetch as never })} label="the rows">
      {() => "data"}
    </Query>,
  );
  expect(screen.getByRole("alert").textContent).toContain("The database does not answer");
  expect(screen.getByText("Request 01a1")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(refetch).toHaveBeenCalledOnce();
  await expectAccessible(container);
});

test("what is known already stays when a later request fails", () => {
  render(
    <Query query={queryOf({ data: "known", isError: true as never })} label="the rows">
      {(data) => <p>{data}</p>}
    </Query>,
  );
  expect(screen.getByText("known")).toBeTruthy();
});

test("a running job tells its part and the time that is left", async () => {
  const running = job({ status: "running", progress: 0.4, seconds_left: 130, total: 10_003, done: 4_000 });
  const { container } = render(<JobProgress job={running} label="Import" />);
  expect(screen.getByRole("progressbar", { name: "Import" }).getAttribute("aria-valuenow")).toBe("40");
  expect(screen.getByText("40% of 10,003, about 2 minutes left")).toBeTruthy();
  await expectAccessible(container);
});

test("a job that failed says why", () => {
  render(<JobProgress job={job({ status: "failed", error: "The file has no texts." })} label="Import" />);
  expect(screen.getByText("The file has no texts.")).toBeTruthy();
});
