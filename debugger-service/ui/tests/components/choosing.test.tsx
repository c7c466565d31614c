import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { IntervalBar } from "@/components/IntervalBar";
import { Segments } from "@/components/Segments";
import { Tabs } from "@/components/Tabs";
import { expectAccessible } from "../accessibility";

const OPTIONS = [
  { id: "own", title: "Own" },
  { id: "served", title: "In use" },
] as const;

test("one of the segments is chosen, by keyboard too", async () => {
  const onSelect = vi.fn();
  const { container } = render(<Segments label="Whom to ask" options={OPTIONS} selected="own" onSelect={onSelect} />);
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "Own" }).checked).toBe(true);
  await userEvent.tab();
  await userEvent.keyboard("{ArrowRight}");
  expect(onSelect).toHaveBeenCalledWith("served");
  await expectAccessible(container);
});

test("the tab that is shown says so", async () => {
  const onSelect = vi.fn();
  const { container } = render(<Tabs label="Parts" tabs={OPTIONS} selected="served" onSelect={onSelect} />);
  expect(screen.getByRole("button", { current: "page" }).textContent).toBe("In use");
  await userEvent.click(screen.getByRole("button", { name: "Own" }));
  expect(onSelect).toHaveBeenCalledWith("own");
  await expectAccessible(container);
});

test("an interval stays within a line that ends early", () => {
  render(<IntervalBar label="Typos" value={0.05} low={0.02} high={0.5} end={0.1} />);
  const bar = screen.getByRole("img", { name: "Typos: 5.0%, likely between 2.0% and 50.0%" });
  const [, interval, value] = Array.from(bar.querySelectorAll("rect"));
  expect([interval?.getAttribute("x"), interval?.getAttribute("width")]).toEqual(["20", "80"]);
  expect(value?.getAttribute("x")).toBe("49.5");
});
