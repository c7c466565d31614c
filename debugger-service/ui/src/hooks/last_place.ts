import { rememberedById } from "./remembered";

const MOST = 50;
const places = rememberedById<string>("places", MOST);

/** Remembers where in a project the person is: the address behind `#`. */
export const rememberPlace = (project: string, place: string): void => places.set(project, place);

/** Where the person was last in the project, if this browser knows. */
export const lastPlace = (project: string): string | undefined => places.get(project);
