import { expect, test } from "vitest";
import { shortened } from "@/hooks/shortened";

test("a long name keeps its ends, whole signs and nothing that turns it", () => {
  expect(shortened("card arrival", 20)).toBe("card arrival");
  expect(shortened("balance_not_updated_after_bank_transfer", 21)).toBe("balance_no…k_transfer");
  expect(shortened("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 5)).toBe("👩‍👩‍👧👩‍👩‍👧…👩‍👩‍👧👩‍👩‍👧");
  expect(shortened("a\u202eb\nc", 9)).toBe("a\u2426b c");
});
