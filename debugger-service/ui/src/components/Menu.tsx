import type { ReactNode } from "react";
import { Button, Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import styles from "./Menu.module.css";

export interface MenuEntry {
  id: string;
  title: string;
  detail?: string;
  danger?: boolean;
  run: () => void;
}

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

/** A button with a menu. */
export function Menu({ children, label, entries, selected, className = "bare" }: Props) {
  const run = (id: string) => entries.find((entry) => entry.id === id)?.run();
  return (
    <MenuTrigger>
      <Button className={className} aria-label={label}>
        {children}
      </Button>
      <Popover className={styles.popover} offset={4}>
        <AriaMenu
          className={styles.menu}
          aria-label={label}
          items={entries}
          selectionMode={selected === undefined ? "none" : "single"}
          selectedKeys={selected === undefined ? undefined : [selected]}
          onAction={(key) => run(String(key))}
        >
          {({ id, title, detail, danger }) => (
            <MenuItem id={id} textValue={title} className={`${styles.item ?? ""} ${danger ? "bad" : ""}`}>
              <bdi dir="auto">{title}</bdi>
              {detail && <span className="soft small">{detail}</span>}
            </MenuItem>
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
