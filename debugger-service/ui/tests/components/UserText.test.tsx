import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Label } from "@/components/Label";
import { UserText } from "@/components/UserText";

test("markup in the data is shown as text", () => {
  const { container } = render(<UserText>{"<img src=x onerror=alert(1)>"}</UserText>);
  expect(container.querySelector("img")).toBeNull();
  expect(screen.getByText("<img src=x onerror=alert(1)>")).toBeTruthy();
});

test("characters that turn text around become visible and turn nothing", () => {
  render(<UserText>{"safe\u202etxt.exe"}</UserText>);
  expect(screen.getByText("safe␦txt.exe")).toBeTruthy();
});

test("emoji, line breaks and tabs stay", () => {
  const { container } = render(<UserText>{"👩‍👩‍👧 a\tb\nc"}</UserText>);
  expect(container.textContent).toBe("👩‍👩‍👧 a\tb\nc");
});

test("a row without a label says so", () => {
  render(<Label>{null}</Label>);
  expect(screen.getByText("no label")).toBeTruthy();
});
