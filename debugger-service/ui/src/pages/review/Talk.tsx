import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { commentOn } from "@/api/decisions";
import { rowQuery } from "@/api/project_data";
import type { RowDetail } from "@/api/types";
import { Label } from "@/components/Label";
import { UserText } from "@/components/UserText";
import { author } from "@/hooks/author";
import { formatAgo, formatMoment } from "@/hooks/format";
import { notifyError } from "@/hooks/toasts";
import { COMMENT_FIELD } from "./keys";
import { done } from "./outcome";
import styles from "./Talk.module.css";

const MOST_CHARACTERS = 2_000;

interface Props {
  project: string;
  number: number;
  comments: RowDetail["comments"];
}

/** What was said of the row, and a field to say more. */
export function Talk({ project, number, comments }: Props) {
  const cache = useQueryClient();
  const [typed, setTyped] = useState({ number, text: "" });
  const text = typed.number === number ? typed.text : "";
  const say = useMutation({
    mutationFn: async (words: string) => {
      const who = await author();
      return who === null ? null : commentOn(project, number, who, words);
    },
    onSuccess: (said) => {
      if (said) setTyped({ number, text: "" });
      return cache.invalidateQueries({ queryKey: rowQuery(project, number).queryKey });
    },
    onError: (error) => notifyError(error),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (text.trim()) say.mutate(text.trim());
  };
  return (
    <section className={styles.talk}>
      <h2 className={styles.title}>Comments</h2>
      {comments.map(({ id, author: who, text: said, created_at }) => (
        <p key={id} className={styles.said}>
          <strong>
            <bdi dir="auto">{who}</bdi>
          </strong>{" "}
          <time className="soft small" dateTime={created_at} title={formatMoment(created_at)}>
            {formatAgo(created_at)}
          </time>
          <br />
          <UserText>{said}</UserText>
        </p>
      ))}
      <form className={styles.form} onSubmit={submit}>
        <input
          id={COMMENT_FIELD}
          className={`input ${styles.field ?? ""}`}
          aria-label="Comment on this row"
          placeholder="Say something of this row …"
          maxLength={MOST_CHARACTERS}
          value={text}
          onChange={({ target }) => setTyped({ number, text: target.value })}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <button type="submit" className="quiet" disabled={!text.trim() || say.isPending}>
          Say
        </button>
      </form>
    </section>
  );
}

/** What became of the row. */
export function History({ history }: { history: RowDetail["history"] }) {
  return (
    <section>
      <h2 className={styles.title}>History</h2>
      <ol className={styles.history}>
        {history.map(({ version, action, author: who, created_at, label, status, comment }) => (
          <li key={version} className="small">
            <span className="soft figures">v{version}</span>{" "}
            <strong>
              <bdi dir="auto">{who}</bdi>
            </strong>{" "}
            {done(action)} {status === "active" && <Label>{label}</Label>}{" "}
            {comment && <UserText className="soft">{comment}</UserText>}{" "}
            <time className="soft" dateTime={created_at} title={formatMoment(created_at)}>
              {formatAgo(created_at)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}
