import axe from "axe-core";
import { expect } from "vitest";

/** Lets the test fail with all that axe finds; colours and layout only a real browser can judge. */
export async function expectAccessible(container: Element): Promise<void> {
  const { violations } = await axe.run(container, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes.map(({ html }) => html).join(" ")}`)).toEqual(
    [],
  );
}
