// Sends one file and tells how far it is, which `fetch` cannot.
import { problem } from "./api.js";

/** Resolves to `{image, isNew}`; `onProgress` is told the part that was sent, from 0 to 1. */
export function transfer(file, onProgress) {
  const form = new FormData();
  form.append("file", file, file.name || "pasted image");
  const request = new XMLHttpRequest();
  request.responseType = "json";
  request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
  return new Promise((resolve, reject) => {
    request.onload = () => {
      const { status, response } = request;
      if (response && (status === 200 || status === 201)) resolve({ image: response, isNew: status === 201 });
      else reject(problem(status, response));
    };
    request.onerror = () => reject(problem(0));
    request.open("POST", "images/upload");
    request.send(form);
  });
}
