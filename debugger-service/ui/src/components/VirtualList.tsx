import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type ReactNode } from "react";
import styles from "./VirtualList.module.css";

interface Props<T> {
  items: readonly T[];
  keyOf: (item: T) => string | number;
  children: (item: T, index: number) => ReactNode;
  label: string;
  /** Pixels that an item is likely to have; what it really has is measured. */
  estimate?: number;
  /** Called when the end comes into sight, to load more. */
  onEnd?: () => void;
  /** The item to bring into sight. */
  shown?: number;
}

const OVERSCAN = 8;

/** A list of any length: only what is in sight is in the page. */
export function VirtualList<T>({ items, keyOf, children, label, estimate = 56, onEnd, shown }: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoised by the compiler
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    overscan: OVERSCAN,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });
  const visible = virtualizer.getVirtualItems();
  const last = visible.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= items.length - 1 && items.length > 0) onEnd?.();
  }, [last, items.length, onEnd]);
  useEffect(() => {
    if (shown !== undefined && shown >= 0) virtualizer.scrollToIndex(shown, { align: "auto" });
  }, [shown, virtualizer]);
  return (
    // A region that scrolls must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={styles.scroller} tabIndex={0} role="region" aria-label={label}>
      <ol className={styles.list} style={{ height: virtualizer.getTotalSize() }}>
        {visible.map(({ index, key, start }) => {
          const item = items[index];
          return item === undefined ? null : (
            <li
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              aria-posinset={index + 1}
              aria-setsize={items.length}
              className={styles.item}
              style={{ transform: `translateY(${start}px)` }}
            >
              {children(item, index)}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
