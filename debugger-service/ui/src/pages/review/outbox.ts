import { onlineManager } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import { newStore, type Store } from "@/hooks/store";

const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** Sends one after the other, in the order in which it was asked to. */
export interface Outbox {
  /** Resolves to what the work does, which gets to know the how-manieth attempt it is: what may pass is tried again. */
  send: <T>(work: (attempt: number) => Promise<T>) => Promise<T>;
  /** How many are not done yet. */
  waiting: Store<number>;
}

export function newOutbox(waits: readonly number[] = WAITS_MS): Outbox {
  const waiting = newStore(0);
  let last: Promise<unknown> = Promise.resolve();
  return {
    waiting,
    send: (work) => {
      waiting.set(waiting.get() + 1);
      const sent = last
        .then(() => insist(work, waits))
        .finally(() => {
          waiting.set(waiting.get() - 1);
        });
      // One that fails does not stop those after it.
      last = sent.catch(() => undefined);
      return sent;
    },
  };
}

/** Resolves when the browser has a network, as far as it knows. */
function online(): Promise<void> {
  if (onlineManager.isOnline()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = onlineManager.subscribe((isOnline) => {
      if (!isOnline) return;
      stop();
      resolve();
    });
  });
}

async function insist<T>(work: (attempt: number) => Promise<T>, waits: readonly number[]): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    await online();
    try {
      return await work(attempt);
    } catch (error) {
      const wait = waits[attempt];
      if (wait === undefined || !asProblem(error).mayPass) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
