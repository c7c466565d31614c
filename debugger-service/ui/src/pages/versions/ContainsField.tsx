import { useEffect, useState } from "react";

const WAIT_MS = 250;
const MOST_CHARACTERS = 200;

interface Props {
  value: string;
  onChange: (value: string) => void;
}

/** What changes are to contain; taken when the person stops typing. */
export function ContainsField({ value, onChange }: Props) {
  const [typed, setTyped] = useState({ of: value, text: value });
  const text = typed.of === value ? typed.text : value;
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onChange(text), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <input
      className="input"
      type="search"
      aria-label="Text or label contains"
      placeholder="Text or label contains …"
      value={text}
      maxLength={MOST_CHARACTERS}
      onChange={({ target }) => setTyped({ of: value, text: target.value })}
    />
  );
}
