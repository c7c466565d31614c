import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { NameDialog } from "@/components/NameDialog";
import { expectAccessible } from "../accessibility";

test("a name is submitted trimmed, and not without characters", async () => {
  const onSubmit = vi.fn();
  const { container } = render(
    <NameDialog title="New project" label="Name" action="Create" onSubmit={onSubmit} onClose={vi.fn()} />,
  );
  await userEvent.type(screen.getByLabelText("Name"), "   ");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Create" }).disabled).toBe(true);
  await userEvent.type(screen.getByLabelText("Name"), "Chatbot {Enter}");
  expect(onSubmit).toHaveBeenCalledExactlyOnceWith("Chatbot");
  await expectAccessible(container);
});

test("a confirmation says what it does and does nothing when it is closed", async () => {
  const onConfirm = vi.fn();
  const onClose = vi.fn();
  const { container } = render(
    <ConfirmDialog title="Delete the project?" action="Delete" danger onConfirm={onConfirm} onClose={onClose}>
      <p>It cannot be undone.</p>
    </ConfirmDialog>,
  );
  await expectAccessible(container);
  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
  expect([onConfirm.mock.calls.length, onClose.mock.calls.length]).toEqual([0, 1]);
  await userEvent.click(screen.getByRole("button", { name: "Delete" }));
  expect(onConfirm).toHaveBeenCalledOnce();
});
