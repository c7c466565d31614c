import { useSyncExternalStore } from "react";
import { remembered } from "./remembered";
import { useStore } from "./store";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const chosen = remembered("theme", "system");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

const valid = (name: string): Theme => THEMES.find((theme) => theme === name) ?? "system";

function apply(): void {
  document.documentElement.dataset.theme = valid(chosen.get());
}

apply();
chosen.subscribe(apply);

export function useTheme(): [Theme, (theme: Theme) => void] {
  return [valid(useStore(chosen)), chosen.set];
}

/** Whether the page is dark now, by the person's choice or the system's. */
export function useIsDark(): boolean {
  const [theme] = useTheme();
  const systemIsDark = useSyncExternalStore(subscribe, () => dark.matches);
  return theme === "system" ? systemIsDark : theme === "dark";
}

function subscribe(listener: () => void): () => void {
  dark.addEventListener("change", listener);
  return () => dark.removeEventListener("change", listener);
}
