import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { later } from "./later";
import type { MenuEntry } from "./MenuList";

export type { MenuEntry };

interface Props {
  /** What the button shows. */
  children: ReactNode;
  /** What the button is called where it shows no words. */
  label: string;
  entries: readonly MenuEntry[];
  /** The chosen entry, where the menu is a choice. */
  selected?: string;
  className?: string;
}

const MenuList = later(async () => (await import("./MenuList")).MenuList);
const OPENING: Record<string, "first" | "last"> = { ArrowDown: "first", ArrowUp: "last" };

/** A button with a menu. */
export function Menu({ children, label, entries, selected, className = "bare" }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [focused, setFocused] = useState<"first" | "last">();
  const isOpen = focused !== undefined;
  const onKeyDown = (event: KeyboardEvent) => {
    const opened = OPENING[event.key];
    if (!opened) return;
    event.preventDefault();
    setFocused(opened);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onPointerEnter={MenuList.begin}
        onFocus={MenuList.begin}
        onKeyDown={onKeyDown}
        onClick={() => setFocused("first")}
      >
        {children}
      </button>
      {focused && (
        <MenuList
          id={id}
          label={label}
          entries={entries}
          selected={selected}
          button={button}
          focused={focused}
          onClose={() => setFocused(undefined)}
        />
      )}
    </>
  );
}
