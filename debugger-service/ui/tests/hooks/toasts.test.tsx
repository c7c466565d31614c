import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "@/api/problem";
import { Toasts } from "@/app/Toasts";
import { dismiss, notify, notifyError } from "@/hooks/toasts";

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => {
  act(() => [1, 2, 3, 4, 5, 6].forEach(dismiss));
  vi.useRealTimers();
});

test("what is done is said, can be undone, and goes by itself", async () => {
  const undo = vi.fn();
  render(<Toasts />);
  act(() => notify("Relabeled as refund.", { title: "Undo", run: undo }));
  expect(screen.getByRole("status").textContent).toContain("Relabeled as refund.");
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  expect(undo).toHaveBeenCalledOnce();
  act(() => notify("Exported."));
  act(() => void vi.advanceTimersByTime(7_000));
  expect(screen.queryByText("Exported.")).toBeNull();
});

test("what failed is said with what to do, and stays until it is dismissed", async () => {
  render(<Toasts />);
  act(() => notifyError(new Problem(409, "Changed meanwhile: row 17 by Mai.")));
  act(() => void vi.advanceTimersByTime(60_000));
  const alert = screen.getByRole("alert");
  expect(alert.textContent).toContain("Changed meanwhile: row 17 by Mai.");
  expect(alert.textContent).toContain("Look at it again");
  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(alert.textContent).toBe("");
});
