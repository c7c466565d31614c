import { Menu } from "@/components/Menu";
import { THEMES, useTheme, type Theme } from "@/hooks/theme";

const TITLES: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };

/** Light or dark, or as the system has it. */
export function ThemeMenu() {
  const [theme, setTheme] = useTheme();
  const entries = THEMES.map((id) => ({ id, title: TITLES[id], run: () => setTheme(id) }));
  return (
    <Menu label="Colours" entries={entries} selected={theme}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
    </Menu>
  );
}
