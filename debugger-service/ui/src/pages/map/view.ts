/** Where on the map the middle of the window is, and how many pixels one unit of the map takes. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Spot {
  x: number;
  y: number;
}

/** The map is from -1 to 1. */
const EXTENT = 2;
const MARGIN = 1.06;
const MOST_ZOOM = 400;

const least = ({ width, height }: Size) => Math.max(1, Math.min(width, height)) / (EXTENT * MARGIN);

/** The whole map. */
export const wholeMap = (size: Size): View => ({ x: 0, y: 0, scale: least(size) });

export const toScreen = (view: View, size: Size, x: number, y: number): Spot => ({
  x: (x - view.x) * view.scale + size.width / 2,
  y: (view.y - y) * view.scale + size.height / 2,
});

export const toMap = (view: View, size: Size, x: number, y: number): Spot => ({
  x: (x - size.width / 2) / view.scale + view.x,
  y: view.y - (y - size.height / 2) / view.scale,
});

export const panned = (view: View, dx: number, dy: number): View =>
  held({ ...view, x: view.x - dx / view.scale, y: view.y + dy / view.scale });

/** Zooms so that what is at the spot of the window stays there. */
export function zoomed(view: View, size: Size, factor: number, at: Spot): View {
  const lowest = least(size);
  const scale = Math.min(lowest * MOST_ZOOM, Math.max(lowest * 0.8, view.scale * factor));
  const before = toMap(view, size, at.x, at.y);
  const after = toMap({ ...view, scale }, size, at.x, at.y);
  return held({ x: view.x + before.x - after.x, y: view.y + before.y - after.y, scale });
}

export const howZoomed = (view: View, size: Size) => view.scale / least(size);

function held(view: View): View {
  return { ...view, x: Math.min(1, Math.max(-1, view.x)), y: Math.min(1, Math.max(-1, view.y)) };
}
