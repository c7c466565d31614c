import { expect, test } from "vitest";
import { formatAgo, formatDuration, plural } from "@/hooks/format";
import { both, equals, quoted } from "@/hooks/filters";
import { disarmed } from "@/components/UserText";
import { asCsv } from "@/pages/projects/error_report";

test.each([
  [3, "a few seconds"],
  [34, "about 40 seconds"],
  [130, "about 2 minutes"],
  [7_300, "about 2 hours"],
])("%d seconds are left in words", (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words);
});

test("a time is told by how long ago it was", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  expect(formatAgo("2026-11-21T11:59:30Z", now)).toBe("just now");
  expect(formatAgo("2026-11-21T10:00:00Z", now)).toBe("2 hours ago");
  expect(formatAgo("2026-11-20T11:00:00Z", now)).toBe("yesterday");
});

test("one is singular", () => {
  expect([plural(1, "row"), plural(1_234, "row"), plural(2, "class", "classes")]).toEqual([
    "1 row",
    "1,234 rows",
    "2 classes",
  ]);
});

test("values are quoted for filters as the language wants them", () => {
  expect(equals("label", 'a "b" \\ c')).toBe(String.raw`label = "a \"b\" \\ c"`);
  expect(equals("label", null)).toBe("NOT label : *");
  expect(quoted("\n")).toBe(String.raw`"\n"`);
  expect(both("a", "", undefined)).toBe("a");
  expect(both("a OR b", "c")).toBe("(a OR b) AND (c)");
});

test("invisible characters are shown", () => {
  expect(disarmed("a\u0000b\u2066c")).toBe("a␦b␦c");
});

test("the report of an import is CSV that no spreadsheet calculates", () => {
  const rows = [{ number: 7, subject: '=HYPERLINK("x")', message: "No label." }];
  expect(asCsv(rows)).toBe('row,begins_with,why\r\n"7","\'=HYPERLINK(""x"")","No label."\r\n');
});
