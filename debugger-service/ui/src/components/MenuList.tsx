import type { RefObject } from "react";
import { Menu, MenuItem, Popover } from "react-aria-components";
import styles from "./MenuList.module.css";

export interface MenuEntry {
  id: string;
  title: string;
  detail?: string;
  danger?: boolean;
  run: () => void;
}

interface Props {
  id: string;
  label: string;
  entries: readonly MenuEntry[];
  selected: string | undefined;
  /** The button that it hangs from. */
  button: RefObject<HTMLButtonElement | null>;
  /** Which entry has the focus at first. */
  focused: "first" | "last";
  onClose: () => void;
}

/** An open menu. */
export function MenuList({ id, label, entries, selected, button, focused, onClose }: Props) {
  const run = (key: string) => entries.find((entry) => entry.id === key)?.run();
  return (
    <Popover
      isOpen
      triggerRef={button}
      placement="bottom start"
      offset={4}
      className={styles.popover}
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      <Menu
        id={id}
        className={styles.menu}
        aria-label={label}
        items={entries}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- a menu that opens takes the focus
        autoFocus={focused}
        selectionMode={selected === undefined ? "none" : "single"}
        selectedKeys={selected === undefined ? undefined : [selected]}
        onAction={(key) => run(String(key))}
        onClose={onClose}
      >
        {({ id: key, title, detail, danger }) => (
          <MenuItem id={key} textValue={title} className={`${styles.item ?? ""} ${danger ? "bad" : ""}`}>
            <bdi dir="auto">{title}</bdi>
            {detail && <span className="soft small">{detail}</span>}
          </MenuItem>
        )}
      </Menu>
    </Popover>
  );
}
