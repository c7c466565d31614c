import styles from "./UserText.module.css";

interface Props {
  children: string;
  /** Show at most this many lines. */
  lines?: 1 | 2 | 3;
  className?: string;
}

// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Invisible characters that turn or hide text, each as a visible sign. */
export const disarmed = (text: string) => text.replace(CONTROLS, "\u2426");

/** Text from the data, which may be hostile: it has its own direction, wraps anywhere and moves nothing around it. */
export function UserText({ children, lines, className = "" }: Props) {
  const clamp = lines ? `${styles.clamp ?? ""} ${styles[`lines${lines}`] ?? ""}` : "";
  return (
    <bdi
      dir="auto"
      className={`${styles.text ?? ""} ${clamp} ${className}`}
      title={lines ? disarmed(children) : undefined}
    >
      {disarmed(children)}
    </bdi>
  );
}
