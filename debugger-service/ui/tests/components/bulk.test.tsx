import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { newCache } from "@/api/cache";
import { BulkDialog } from "@/components/BulkDialog";
import { answerAuthor } from "@/hooks/author";
import { expectAccessible } from "../accessibility";

const KINDS = {
  analysis: { classes: ["card", "refund"] },
  kinds: [
    { name: "label_error", title: "Label errors", description: "", found: 3, open: 3 },
    { name: "ambiguous_classes", title: "Ambiguous classes", description: "", found: 1, open: 1 },
  ],
};
const EFFECT = { label: "card", status: "active", new_label: "card", new_status: "dropped", rows: 12 };

function answering(preview: object) {
  const asked: { path: string; body: Record<string, unknown> }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "GET") return Response.json(KINDS);
    asked.push({ path: pathname, body: (await request.json()) as Record<string, unknown> });
    return Response.json(pathname.endsWith("preview") ? preview : { number: 2, changed: 12 });
  });
  return asked;
}

function open(onClose = vi.fn()) {
  const target = { filter: 'inside("0 0 1 0 1 1")', at_version: 1 };
  return render(
    <QueryClientProvider client={newCache()}>
      <BulkDialog project="p" rows={12} target={target} onClose={onClose} />
    </QueryClientProvider>,
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

test("what would change is shown before anything does, and then decided as it was shown", async () => {
  const asked = answering({ rows: 12, effects: [EFFECT] });
  const onClose = vi.fn();
  const { container } = open(onClose);
  const confirm = screen.getByRole<HTMLButtonElement>("button", { name: "Change them" });
  expect(confirm.disabled).toBe(true);
  await userEvent.click(screen.getByRole("radio", { name: /^Drop/ }));
  await screen.findByText("dropped");
  await expectAccessible(container);
  expect(asked.map(({ path }) => path)).toEqual(["/projects/p/decisions/preview"]);
  answerAuthor("Mai");
  await userEvent.click(screen.getByRole("button", { name: "Change 12 rows" }));
  await vi.waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(asked.at(-1)).toEqual({
    path: "/projects/p/decisions",
    body: { action: "drop", author: "Mai", comment: null, filter: 'inside("0 0 1 0 1 1")', at_version: 1 },
  });
});

test("where nothing would change there is nothing to confirm", async () => {
  answering({ rows: 0, effects: [] });
  open();
  await userEvent.click(screen.getByRole("radio", { name: /^Keep/ }));
  await screen.findByText(/Nothing would change/);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: /Change/ }).disabled).toBe(true);
});

test("proposals of a kind can be accepted, only of kinds that propose something for a row", async () => {
  const asked = answering({ rows: 12, effects: [EFFECT] });
  open();
  await userEvent.click(screen.getByRole("radio", { name: /^Accept proposals/ }));
  await screen.findByText("dropped");
  expect(asked[0]?.body).toMatchObject({ action: "accept", kind: "label_error" });
  expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual(["Label errors"]);
});
