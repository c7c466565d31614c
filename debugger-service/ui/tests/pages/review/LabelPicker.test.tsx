import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { LabelPicker } from "@/pages/review/LabelPicker";
import { expectAccessible } from "../../accessibility";

const LABELS = ["card_arrival", "card_linking", "cash_withdrawal", "refund"];

function picker() {
  const onChoose = vi.fn();
  const shown = render(
    <LabelPicker labels={LABELS} probable={["card_linking"]} onChoose={onChoose} onClose={vi.fn()} />,
  );
  return { ...shown, onChoose };
}

it("chooses by two letters and Enter", async () => {
  const { onChoose, container } = picker();
  await expectAccessible(container);
  await userEvent.keyboard("cw{Enter}");
  expect(onChoose).toHaveBeenCalledExactlyOnceWith("cash_withdrawal");
});

it("goes through the list by arrows, from the end to the beginning too", async () => {
  const { onChoose } = picker();
  await userEvent.keyboard("ca{ArrowDown}");
  expect(screen.getByRole("option", { selected: true }).textContent).toBe("card_arrival");
  await userEvent.keyboard("{ArrowUp}{Enter}");
  expect(onChoose).toHaveBeenCalledExactlyOnceWith("card_linking");
});

it("offers what no class is called as a new label, last", async () => {
  const { onChoose } = picker();
  await userEvent.keyboard("re");
  expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual(["refund", "renew label"]);
  await userEvent.keyboard("{Backspace}{Backspace}zebra{Enter}");
  expect(onChoose).toHaveBeenCalledExactlyOnceWith("zebra");
});
