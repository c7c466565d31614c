import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Figure } from "@/components/Figure";
import { IntervalBar } from "@/components/IntervalBar";
import { expectAccessible } from "../accessibility";

test("a bar says its number and interval to those who hear it", async () => {
  const { container } = render(
    <Figure
      title="Accuracy"
      value="87.3%"
      detail={<IntervalBar label="Accuracy" value={0.873} low={0.861} high={0.884} />}
    />,
  );
  expect(screen.getByRole("img", { name: "Accuracy: 87.3%, likely between 86.1% and 88.4%" })).toBeTruthy();
  await expectAccessible(container);
});
