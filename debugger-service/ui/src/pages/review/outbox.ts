import { onlineManager } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import { newStore, type Store } from "@/hooks/store";

const LONG_MS = 8_000;
const LONG_WAITS = 36;
/** Five minutes in all: a service that is begun anew is there again by then. */
const WAITS_MS: readonly number[] = [500, 1_000, 2_000, 4_000, ...Array.from({ length: LONG_WAITS }, () => LONG_MS)];
/** After so many attempts the person is told that there is no answer. */
const SILENT = 3;

/** Sends one after the other, in the order in which it was asked to. */
export interface Outbox {
  /** Resolves to what the work does, which gets to know the how-manieth attempt it is: what may pass is tried again. */
  send: <T>(work: (attempt: number) => Promise<T>) => Promise<T>;
  /** How many are not done yet. */
  waiting: Store<number>;
  /** Whether the one that is being sent gets no answer. */
  isStuck: Store<boolean>;
}

export function newOutbox(waits: readonly number[] = WAITS_MS): Outbox {
  const waiting = newStore(0);
  const isStuck = newStore(false);
  let last: Promise<unknown> = Promise.resolve();
  return {
    waiting,
    isStuck,
    send: (work) => {
      waiting.set(waiting.get() + 1);
      const sent = last
        .then(() => insist(work, waits, isStuck))
        .finally(() => {
          isStuck.set(false);
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

async function insist<T>(
  work: (attempt: number) => Promise<T>,
  waits: readonly number[],
  isStuck: Store<boolean>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    await online();
    try {
      return await work(attempt);
    } catch (error) {
      const wait = waits[attempt];
      if (wait === undefined || !asProblem(error).mayPass) throw error;
      isStuck.set(attempt + 1 >= SILENT);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
