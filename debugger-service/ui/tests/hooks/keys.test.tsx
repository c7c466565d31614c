import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { useKeys, useShortcuts, useSingleKeys } from "@/hooks/keys";

const accept = vi.fn();
const go = vi.fn();
const open = vi.fn();

function Page() {
  useKeys("Review", [
    { key: "a", title: "Accept", run: accept },
    { key: "g o", title: "Overview", run: go },
    { key: "Mod+k", title: "Search", run: open },
  ]);
  const groups = useShortcuts();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  return (
    <>
      <input aria-label="Text" />
      <button type="button" onClick={() => setSingleKeys(!singleKeys)}>
        Toggle
      </button>
      <p>{groups.flatMap(({ shortcuts }) => shortcuts.map(({ title }) => title)).join()}</p>
    </>
  );
}

test("keys do something, one after the other and with Ctrl too, and the help knows them", async () => {
  render(<Page />);
  await userEvent.keyboard("a");
  await userEvent.keyboard("go");
  await userEvent.keyboard("{Control>}k{/Control}");
  expect([accept, go, open].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
  expect(screen.getByText("Accept,Overview,Search")).toBeTruthy();
});

test("keys do nothing while somebody types, or has turned them off", async () => {
  accept.mockClear();
  render(<Page />);
  await userEvent.type(screen.getByLabelText("Text"), "a");
  await userEvent.click(screen.getByRole("button", { name: "Toggle" }));
  await userEvent.keyboard("a");
  expect(accept).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Toggle" }));
  await userEvent.keyboard("a");
  expect(accept).toHaveBeenCalledOnce();
});
