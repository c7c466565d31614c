import { NameDialog } from "@/components/NameDialog";
import { answerAuthor, useAuthor, useAuthorQuestion } from "@/hooks/author";

/** Asks who is there, when something is to be done in a person's name. */
export function AuthorDialog() {
  const question = useAuthorQuestion();
  const name = useAuthor();
  if (!question) return null;
  return (
    <NameDialog
      title="Who are you?"
      label="Your name"
      hint="Others see it beside what you decide. It is kept in this browser."
      action="Remember"
      initial={name}
      onSubmit={answerAuthor}
      onClose={() => answerAuthor(null)}
    />
  );
}
