import { Dialog } from "@/components/Dialog";
import { useShortcuts, useSingleKeys } from "@/hooks/keys";
import styles from "./KeyboardHelp.module.css";

const NAMES: Record<string, string> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  " ": "Space",
  Escape: "Esc",
};

const written = (key: string) =>
  (key === " " ? [key] : key.split(/[+ ]/)).map((part) => NAMES[part] ?? (part === "Mod" ? "Ctrl" : part));

/** The keys that do something now. */
export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  const groups = useShortcuts();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  return (
    <Dialog title="Keyboard" wide onClose={onClose}>
      <div className={styles.groups}>
        {groups.map(({ title, shortcuts }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {shortcuts
                .filter(({ hidden }) => !hidden)
                .map(({ key, title: meaning }) => (
                  <div key={key} className={styles.shortcut}>
                    <dt>
                      {written(key).map((part) => (
                        <kbd key={part}>{part}</kbd>
                      ))}
                    </dt>
                    <dd>{meaning}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <label className={styles.choice}>
        <input type="checkbox" checked={singleKeys} onChange={({ target }) => setSingleKeys(target.checked)} />
        Single keys do something (turn this off if you dictate)
      </label>
    </Dialog>
  );
}
