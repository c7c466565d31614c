import type { Version } from "@/api/types";
import { useUndoVersion } from "@/api/versions";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { disarmed } from "@/components/UserText";
import { author as askedAuthor } from "@/hooks/author";
import { plural } from "@/hooks/format";
import { notify, notifyError } from "@/hooks/toasts";
import { useProjectId } from "@/hooks/url_state";
import { toldShortly, undoing } from "./told";

interface Props {
  version: Version;
  /** Those that are known, to tell what an undo undid. */
  others: readonly Version[];
  onClose: () => void;
}

/** Asks whether a version is to be undone, or what an undo took back to be done again. */
export function UndoDialog({ version, others, onClose }: Props) {
  const undo = useUndoVersion(useProjectId());
  const { number, changed, author } = version;
  const reversal = undoing(number, others);
  const confirm = async () => {
    const name = await askedAuthor();
    if (!name) return;
    undo.mutate(
      { number, author: name },
      {
        onSuccess: (made) => notify(`Version ${made.number}: ${plural(made.changed, "row")} as before.`),
        onError: (error) => notifyError(error),
        onSettled: onClose,
      },
    );
  };
  return (
    <ConfirmDialog
      title={`${reversal.verb} version ${reversal.number}?`}
      action={reversal.verb}
      busy={undo.isPending}
      onClose={onClose}
      onConfirm={() => void confirm()}
    >
      <p>
        <bdi dir="auto">{disarmed(toldShortly(version, others))}</bdi>, by <bdi dir="auto">{disarmed(author)}</bdi>
      </p>
      <p>
        {plural(changed, "row")} {changed === 1 ? "becomes" : "become"} what {changed === 1 ? "it was" : "they were"}{" "}
        before version {number}. Nothing is lost: this makes a new version, which can be undone as well. Where a later
        version changed one of the rows, that one must be undone first.
      </p>
    </ConfirmDialog>
  );
}
