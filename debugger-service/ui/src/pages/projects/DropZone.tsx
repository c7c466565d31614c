import { useEffect, useRef, useState } from "react";
import styles from "./DropZone.module.css";

interface Props {
  onFile: (file: File) => void;
}

const ACCEPTED = ".csv,.json,.jsonl,.ndjson,.gz,.zip,.txt";

/** Takes a file that is dropped anywhere on the page, or chosen. */
export function DropZone({ onFile }: Props) {
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useDropped(onFile, setIsOver);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) onFile(file);
    if (input.current) input.current.value = "";
  };
  return (
    <section aria-label="New project" className={`card ${styles.zone ?? ""} ${isOver ? (styles.over ?? "") : ""}`}>
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <path d="M24 31V9m-9 9 9-9 9 9M8 30v6a4 4 0 0 0 4 4h24a4 4 0 0 0 4-4v-6" />
      </svg>
      <div>
        <p>
          <strong>Drop a file here to begin a project</strong>
        </p>
        <p className="soft">A chatbot’s export, CSV, JSONL or CLINC150’s JSON, plain, gzipped or zipped</p>
      </div>
      <label className={`button ${styles.choose ?? ""}`}>
        Choose a file
        <input
          ref={input}
          type="file"
          className="unseen"
          accept={ACCEPTED}
          onChange={({ target }) => take(target.files)}
        />
      </label>
    </section>
  );
}

function useDropped(onFile: (file: File) => void, setIsOver: (isOver: boolean) => void): void {
  useEffect(() => {
    const over = (event: DragEvent) => {
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!event.relatedTarget) setIsOver(false);
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setIsOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) onFile(file);
    };
    const listeners = { dragover: over, dragleave: leave, drop } as const;
    for (const [name, listener] of Object.entries(listeners))
      document.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) {
        document.removeEventListener(name, listener as EventListener);
      }
    };
  }, [onFile, setIsOver]);
}
