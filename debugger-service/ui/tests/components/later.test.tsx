import { render, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Toasts } from "@/app/Toasts";
import { later } from "@/components/later";

const Part = ({ onClose }: { onClose: () => void }) => (
  <button type="button" onClick={onClose}>
    Close
  </button>
);

test("a part is loaded once, when it is first shown", async () => {
  const load = vi.fn(() => Promise.resolve(Part));
  const Later = later(load);
  expect(load).not.toHaveBeenCalled();
  const first = render(<Later onClose={vi.fn()} />);
  expect(await screen.findByRole("button")).toBeDefined();
  first.unmount();
  render(<Later onClose={vi.fn()} />);
  expect(screen.getByRole("button")).toBeDefined();
  expect(load).toHaveBeenCalledOnce();
});

test("a part that cannot be loaded is closed, says why, and is asked for again the next time", async () => {
  const load = vi.fn(() => Promise.reject<typeof Part>(new TypeError("Failed to fetch")));
  const Later = later(load);
  const onClose = vi.fn();
  const shown = render(
    <>
      <Later onClose={onClose} />
      <Toasts />
    </>,
  );
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(screen.getByRole("alert").textContent).toContain("The service cannot be reached.");
  shown.unmount();
  load.mockResolvedValueOnce(Part);
  render(<Later onClose={onClose} />);
  expect(await screen.findByRole("button")).toBeDefined();
});
