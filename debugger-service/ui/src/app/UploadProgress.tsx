import { Progress } from "@/components/Progress";
import { UserText } from "@/components/UserText";
import { formatBytes, formatPercent } from "@/hooks/format";
import { dismissUpload, useUploads, type Upload } from "./uploads";

/** The files on their way into a project. */
export function UploadProgress({ project }: { project: string }) {
  const uploads = useUploads().filter((upload) => upload.project === project);
  return uploads.map((upload) => <Sending key={upload.id} upload={upload} />);
}

function Sending({ upload: { id, name, bytes, part, problem, cancel } }: { upload: Upload }) {
  if (problem) {
    return (
      <p role="alert" className="banner bad">
        <UserText>{name}</UserText> was not imported: {problem.detail}
        <button type="button" className="quiet compact" onClick={() => dismissUpload(id)}>
          Dismiss
        </button>
      </p>
    );
  }
  return (
    <div>
      <p className="small">
        Sending <UserText>{name}</UserText>
      </p>
      <Progress value={part} label={`Sending ${name}`} />
      <p className="soft small figures">
        {formatPercent(part)} of {formatBytes(bytes)}{" "}
        <button type="button" className="link" onClick={cancel}>
          Cancel
        </button>
      </p>
    </div>
  );
}
