import { useDeleteProject, useRenameProject } from "@/api/projects";
import type { Project } from "@/api/types";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { NameDialog } from "@/components/NameDialog";
import { UserText } from "@/components/UserText";
import { plural } from "@/hooks/format";
import { notify, notifyError } from "@/hooks/toasts";

export type ProjectDialog = "rename" | "delete" | null;

interface Props {
  project: Project;
  dialog: ProjectDialog;
  onClose: () => void;
}

/** Asks for a new name, or whether the project is really to be deleted. */
export function ProjectDialogs({ project: { id, name, rows }, dialog, onClose }: Props) {
  const rename = useRenameProject();
  const remove = useDeleteProject();
  if (dialog === "rename") {
    return (
      <NameDialog
        title="Rename the project"
        label="Name"
        action="Rename"
        initial={name}
        onClose={onClose}
        onSubmit={(given) =>
          rename.mutate({ id, name: given }, { onSuccess: onClose, onError: (error) => notifyError(error) })
        }
      />
    );
  }
  if (dialog !== "delete") return null;
  const onDeleted = () => {
    onClose();
    notify(`${name} is deleted.`);
  };
  return (
    <ConfirmDialog
      title="Delete the project?"
      action="Delete for good"
      danger
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() => remove.mutate(id, { onSuccess: onDeleted, onError: (error) => notifyError(error) })}
    >
      <p>
        <UserText>{name}</UserText> with its {plural(rows, "row")}, versions and decisions. This cannot be undone:
        export first what you want to keep.
      </p>
    </ConfirmDialog>
  );
}
