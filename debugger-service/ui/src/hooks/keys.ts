import { useEffect, useEffectEvent } from "react";
import { remembered } from "./remembered";
import { newStore, useStore } from "./store";

export interface Shortcut {
  /**
   * What `KeyboardEvent.key` says, such as `a`, `?` or `ArrowDown`; `Mod+` before it for Ctrl or ⌘; `g o` for one after
   * the other.
   */
  key: string;
  /** What it does, for the help. */
  title: string;
  run: (event: KeyboardEvent) => void;
  /** Keys that are not to be told of, such as a second one for the same. */
  hidden?: boolean;
}

export interface ShortcutGroup {
  title: string;
  shortcuts: Shortcut[];
}

const groups = newStore<readonly ShortcutGroup[]>([]);
const singleKeys = remembered("single-keys", "on");

/** The shortcuts that can be used now, in groups: what the help shows. */
export const useShortcuts = () => useStore(groups);

/** Whether keys without Ctrl do something; people who dictate or press keys by mistake turn them off. */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  return [useStore(singleKeys) === "on", (on) => singleKeys.set(on ? "on" : "off")];
}

/** Lets keys do something while the component is there; they do nothing in fields and below an open dialog. */
export function useKeys(title: string, shortcuts: Shortcut[]): void {
  const described = shortcuts.map(({ key, title: meaning, hidden }) => JSON.stringify([key, meaning, hidden])).join();
  const onKey = useEffectEvent((event: KeyboardEvent) => handle(event, shortcuts));
  const listed = useEffectEvent(() => ({ title, shortcuts: [...shortcuts] }));
  useEffect(() => {
    const group = listed();
    const listen = (event: KeyboardEvent) => onKey(event);
    groups.set([...groups.get(), group]);
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen);
      groups.set(groups.get().filter((each) => each !== group));
    };
  }, [title, described]);
}

/** The first key of two, until it is too long ago. */
let begun = { key: "", at: 0 };
const MOST_BETWEEN_MS = 1_500;

function handle(event: KeyboardEvent, shortcuts: Shortcut[]): void {
  if (event.defaultPrevented || event.isComposing || isBusy(event)) return;
  const pressed = nameOf(event);
  const after = event.timeStamp - begun.at < MOST_BETWEEN_MS ? `${begun.key} ${pressed}` : pressed;
  const found = shortcuts.find(({ key }) => key === after) ?? shortcuts.find(({ key }) => key === pressed);
  if (singleKeys.get() === "off" && pressed.length === 1) return;
  if (found) {
    begun = { key: "", at: 0 };
    event.preventDefault();
    found.run(event);
  } else if (shortcuts.some(({ key }) => key.startsWith(`${pressed} `))) {
    begun = { key: pressed, at: event.timeStamp };
  }
}

function nameOf({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): string {
  if (altKey) return "";
  return ctrlKey || metaKey ? `Mod+${key.toLowerCase()}` : key;
}

const FIELDS = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
const POPUPS = "dialog[open], [role=menu], [role=listbox], [role=alertdialog]";

function isBusy({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  const presses = (key === "Enter" || key === " ") && target.closest("button, a, summary, [role=button]") !== null;
  return presses || target.closest(FIELDS) !== null || document.querySelector(POPUPS) !== null;
}
