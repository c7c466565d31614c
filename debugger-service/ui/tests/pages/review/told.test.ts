import { expect, it } from "vitest";
import type { VersionEvent } from "@/api/version_events";
import { told } from "@/pages/review/told";

const event = (some: Partial<VersionEvent>): VersionEvent => ({
  number: 2,
  action: "relabel",
  author: "Mai",
  comment: null,
  changed: 1,
  rows: [17],
  request: {},
  undoes: null,
  undone_by: null,
  created_at: "2026-11-21T08:05:38.000Z",
  ...some,
});

it("tells one decision with its row and label", () => {
  expect(told([event({ request: { label: "refund" } })])).toEqual([
    { text: "Mai relabeled row 17 as “refund”.", row: 17 },
  ]);
});

it("adds up what one person did, but not the same row twice", () => {
  const events = [event({}), event({ rows: [18] }), event({ rows: [17] }), event({ author: "Jo", action: "drop" })];
  expect(told(events).map(({ text }) => text)).toEqual(["Mai relabeled 2 rows.", "Jo dropped row 17."]);
});

it("counts rows whose numbers are not told", () => {
  expect(told([event({ action: "merge", changed: 5000, rows: [1, 2] })])[0]?.text).toBe(
    "Mai merged classes of 5,000 rows.",
  );
});

it("disarms names", () => {
  expect(told([event({ author: "M\u202eai" })])[0]?.text).toBe("M\u2426ai relabeled row 17.");
});
