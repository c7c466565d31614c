import type { Spot } from "./view";

const CLICK_PIXELS = 4;
const WHEEL_ZOOM = 0.0016;
const LINE_PIXELS = 24;

export interface Gestures {
  /** Whether a drag draws a lasso instead of moving the map. */
  isLasso: (event: PointerEvent) => boolean;
  pan: (dx: number, dy: number) => void;
  zoom: (factor: number, at: Spot) => void;
  hover: (at: Spot | null) => void;
  click: (at: Spot) => void;
  /** The line so far, in pixels. */
  line: (line: readonly Spot[]) => void;
  /** The line is whole. */
  close: (line: readonly Spot[]) => void;
}

/** Makes gestures of what pointers and the wheel do on an element, until the function that is returned is called. */
export function listenTo(element: HTMLElement, gestures: Gestures): () => void {
  const down = new Map<number, Spot>();
  let line: Spot[] | null = null;
  let travelled = 0;

  const begin = (event: PointerEvent) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, spotOf(element, event));
    travelled = 0;
    if (down.size > 1) line = null;
    else if (gestures.isLasso(event)) line = [spotOf(element, event)];
    gestures.hover(null);
  };
  const move = (event: PointerEvent) => {
    const at = spotOf(element, event);
    const before = down.get(event.pointerId);
    if (!before) {
      gestures.hover(at);
      return;
    }
    travelled += Math.hypot(at.x - before.x, at.y - before.y);
    if (line) gestures.line([...(line = [...line, at])]);
    else if (down.size === 2) pinch(event.pointerId, before, at);
    else if (travelled > CLICK_PIXELS) gestures.pan(at.x - before.x, at.y - before.y);
    down.set(event.pointerId, at);
  };
  const pinch = (id: number, before: Spot, at: Spot) => {
    const other = [...down].find(([each]) => each !== id)?.[1];
    if (!other) return;
    const factor =
      Math.hypot(at.x - other.x, at.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
    gestures.zoom(factor, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
    gestures.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
  };
  const end = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return;
    const isClick = travelled <= CLICK_PIXELS && event.type === "pointerup";
    if (line && travelled > LINE_PIXELS && event.type === "pointerup") gestures.close(line);
    else if (line) gestures.line([]);
    if (isClick && down.size === 0) gestures.click(spotOf(element, event));
    line = null;
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    gestures.zoom(Math.exp(-event.deltaY * lines * WHEEL_ZOOM), spotOf(element, event));
  };
  const leave = () => gestures.hover(null);

  const stop = new AbortController();
  const { signal } = stop;
  element.addEventListener("pointerdown", begin, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", end, { signal });
  element.addEventListener("pointercancel", end, { signal });
  element.addEventListener("pointerleave", leave, { signal });
  element.addEventListener("wheel", wheel, { signal, passive: false });
  return () => stop.abort();
}

function spotOf(element: HTMLElement, event: MouseEvent): Spot {
  const { left, top } = element.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}
