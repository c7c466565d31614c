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

/** The part of the map, which is from -1 to 1, that has nearly all points. */
export interface Bounds {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

export const EVERYTHING: Bounds = { left: -1, right: 1, bottom: -1, top: 1 };

const MARGIN = 1.08;
/** Pixels that the legend takes at the left, where there is room for it beside the map. */
const LEGEND = 250;
const MOST_ZOOM = 400;
/** Few points that are far from all others shall not make the map small. */
const FAR = 0.002;

const least = ({ width, height }: Size) => Math.max(1, Math.min(width, height)) / (2 * MARGIN);

/** The whole map, as large as there is room. */
export function wholeMap(size: Size, { left, right, bottom, top }: Bounds = EVERYTHING): View {
  const legend = size.width > 2.5 * LEGEND ? LEGEND : 0;
  const wide = (size.width - legend) / Math.max(0.01, right - left);
  const high = size.height / Math.max(0.01, top - bottom);
  const scale = Math.max(1, Math.min(wide, high) / MARGIN);
  return { x: (left + right) / 2 - legend / 2 / scale, y: (bottom + top) / 2, scale };
}

export function boundsOf(x: Float32Array, y: Float32Array): Bounds {
  if (x.length === 0) return EVERYTHING;
  const [xs, ys] = [x.slice().sort(), y.slice().sort()];
  const low = Math.floor((x.length - 1) * FAR);
  const high = x.length - 1 - low;
  return { left: xs[low] ?? -1, right: xs[high] ?? 1, bottom: ys[low] ?? -1, top: ys[high] ?? 1 };
}

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
