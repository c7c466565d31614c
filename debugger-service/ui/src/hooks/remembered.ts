import { newStore, type Store } from "./store";

const PREFIX = "debugger.";

/** A text that this browser remembers; without storage it lasts as long as the page. */
export function remembered(name: string, initial: string): Store<string> {
  const key = PREFIX + name;
  const store = newStore(read(key) ?? initial);
  window.addEventListener("storage", (event) => {
    if (event.key === key) store.set(event.newValue ?? initial);
  });
  return {
    ...store,
    set: (next) => {
      write(key, next);
      store.set(next);
    },
  };
}

/** Values by their ids that this browser remembers: the newest so many. */
export function rememberedById<T>(name: string, most: number) {
  const store = remembered(name, "{}");
  const all = () => {
    try {
      return JSON.parse(store.get()) as Record<string, T>;
    } catch {
      return {};
    }
  };
  return {
    get: (id: string): T | undefined => all()[id],
    set: (id: string, value: T) => {
      const others = Object.entries(all()).filter(([known]) => known !== id);
      store.set(JSON.stringify(Object.fromEntries([...others, [id, value]].slice(-most))));
    },
  };
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is asked for or chosen anew on the next visit.
  }
}
