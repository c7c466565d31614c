import { advice, asProblem } from "@/api/problem";
import { newStore, useStore } from "./store";

export interface Toast {
  id: number;
  tone: "plain" | "bad";
  text: string;
  advice?: string;
  action?: { title: string; run: () => void };
}

const MOST = 4;
const PLAIN_MS = 6_000;
/** Long enough to reach the button by keyboard (WCAG 2.2.1 asks for time, and what it does is possible elsewhere). */
const ACTION_MS = 15_000;

const toasts = newStore<readonly Toast[]>([]);
let lastId = 0;

export const useToasts = () => useStore(toasts);

/** Says that something is done, and goes by itself; with an action such as Undo it stays longer. */
export function notify(text: string, action?: Toast["action"]): void {
  const id = show({ tone: "plain", text, action });
  setTimeout(() => dismiss(id), action ? ACTION_MS : PLAIN_MS);
}

/** Says what failed and what can be done, until it is dismissed. */
export function notifyError(error: unknown, action?: Toast["action"]): void {
  const problem = asProblem(error);
  show({ tone: "bad", text: problem.detail, advice: advice(problem), action });
}

export function dismiss(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

function show(toast: Omit<Toast, "id">): number {
  const id = ++lastId;
  const others = toasts.get().filter(({ text }) => text !== toast.text);
  toasts.set([...others, { ...toast, id }].slice(-MOST));
  return id;
}
