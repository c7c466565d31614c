import { useMemo } from "react";
import { useIsDark } from "./theme";

export const SERIES = 8;
const NAMES = ["ink", "ink-soft", "paper", "card", "line", "accent", "good", "bad", "warn"] as const;

export type Rgb = readonly [number, number, number];
export interface Colours extends Record<(typeof NAMES)[number], Rgb> {
  /** The categorical palette, in the order to take it in. */
  series: Rgb[];
}

/** The tokens of the stylesheet as numbers from 0 to 255, for a canvas; anew when the theme changes. */
export function useColours(): Colours {
  const isDark = useIsDark();
  return useMemo(() => readColours(isDark), [isDark]);
}

/** A category's colour for CSS: `seriesColour(0)` is the first; after the eighth they begin anew. */
export const seriesColour = (index: number) => `var(--series-${(index % SERIES) + 1})`;

function readColours(isDark: boolean): Colours {
  const probe = document.createElement("span");
  probe.style.colorScheme = isDark ? "dark" : "light";
  document.body.append(probe);
  const read = (token: string) => rgbOf(probe, `var(--${token})`);
  const named = Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Omit<Colours, "series">;
  const series = Array.from({ length: SERIES }, (_, index) => read(`series-${index + 1}`));
  probe.remove();
  return { ...named, series };
}

function rgbOf(probe: HTMLElement, colour: string): Rgb {
  probe.style.color = colour;
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}
