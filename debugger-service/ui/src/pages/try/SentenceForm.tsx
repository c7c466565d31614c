import { useState, type SubmitEvent } from "react";
import { useKeys } from "@/hooks/keys";
import { useUrlState } from "@/hooks/url_state";
import type { TrySearch } from "./search";
import styles from "./Sentence.module.css";
import { INTENT, SourceChoice } from "./SourceChoice";

/** The address holds no more. */
const MOST_CHARACTERS = 2_000;
const FIELD = "sentence";

/** The sentence and whom to ask about it; Enter asks, Shift+Enter begins a line. */
export function SentenceForm({ busy }: { busy: boolean }) {
  const [{ text = "", source = "own", service = INTENT }, setSearch] = useUrlState<TrySearch>();
  const [typed, setTyped] = useState({ of: text, text });
  const shown = typed.of === text ? typed.text : text;
  const ask = () => setSearch({ text: shown.trim() || undefined });
  useKeys("Try it", [{ key: "/", title: "Type a sentence", run: () => document.getElementById(FIELD)?.focus() }]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    ask();
  };
  return (
    <form onSubmit={submit} className={`card ${styles.form ?? ""}`}>
      <label htmlFor={FIELD} className="unseen">
        Sentence
      </label>
      <textarea
        id={FIELD}
        className={`input ${styles.field ?? ""}`}
        dir="auto"
        rows={2}
        value={shown}
        maxLength={MOST_CHARACTERS}
        placeholder="Such as: where is my card?"
        onChange={({ target }) => setTyped({ of: text, text: target.value })}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          ask();
        }}
      />
      <div className={styles.below}>
        <SourceChoice source={source} service={service} onChange={setSearch} />
        <button type="submit" disabled={!shown.trim()}>
          {busy ? "Asking …" : "Ask"}
        </button>
      </div>
    </form>
  );
}
