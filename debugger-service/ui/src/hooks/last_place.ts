import { remembered } from "./remembered";

const places = remembered("places", "{}");
const MOST = 50;

function all(): Record<string, string> {
  try {
    return JSON.parse(places.get()) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Remembers where in a project the person is: the address behind `#`. */
export function rememberPlace(project: string, place: string): void {
  const others = Object.entries(all()).filter(([id]) => id !== project);
  places.set(JSON.stringify(Object.fromEntries([...others, [project, place]].slice(-MOST))));
}

/** Where the person was last in the project, if this browser knows. */
export const lastPlace = (project: string): string | undefined => all()[project];
