import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { Combobox } from "@/components/Combobox";
import { FilterField } from "@/components/FilterField";
import { Menu } from "@/components/Menu";
import { expectAccessible } from "../accessibility";

test("typing narrows the options, and Enter takes the one that is left", async () => {
  const onChange = vi.fn();
  const { container } = render(
    <Combobox label="Label" options={["card arrival", "refund", "top up"]} value={null} onChange={onChange} />,
  );
  await expectAccessible(container);
  await userEvent.type(screen.getByRole("combobox", { name: "Label" }), "ref");
  await userEvent.keyboard("{ArrowDown}{Enter}");
  expect(onChange).toHaveBeenLastCalledWith("refund");
});

test("a menu's entry runs", async () => {
  const run = vi.fn();
  render(
    <Menu label="More" entries={[{ id: "rename", title: "Rename …", run }]}>
      ⋯
    </Menu>,
  );
  await userEvent.click(screen.getByRole("button", { name: "More" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Rename …" }));
  expect(run).toHaveBeenCalledOnce();
  expect(screen.queryByRole("menu")).toBeNull();
});

test("a menu opens by the arrow keys at its first or last entry, and Escape leads back to its button", async () => {
  const entries = ["Light", "Dark"].map((title) => ({ id: title, title, run: vi.fn() }));
  render(
    <Menu label="Colours" entries={entries} selected="Dark">
      ◐
    </Menu>,
  );
  const button = screen.getByRole("button", { name: "Colours" });
  expect(button.getAttribute("aria-haspopup")).toBe("menu");
  button.focus();
  await userEvent.keyboard("{ArrowUp}");
  const last = await screen.findByRole("menuitemradio", { name: "Dark", checked: true });
  await waitFor(() => expect(document.activeElement).toBe(last));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(button));
  expect(button.getAttribute("aria-expanded")).toBe("false");
});

test("a filter is applied by Enter, cleared by a button, and shows what is wrong with it", async () => {
  const onChange = vi.fn();
  const { container } = render(
    <FilterField value="label = refund" onChange={onChange} error="There is no field colour." />,
  );
  const field = screen.getByRole("searchbox", { name: "Filter" });
  expect(field.getAttribute("aria-invalid")).toBe("true");
  await userEvent.type(field, " AND colour = red{Enter}");
  expect(onChange).toHaveBeenCalledExactlyOnceWith("label = refund AND colour = red");
  await userEvent.click(screen.getByRole("button", { name: "Clear" }));
  expect(onChange).toHaveBeenLastCalledWith("");
  await expectAccessible(container);
});
