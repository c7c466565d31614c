import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent } from "react";
import { Label } from "@/components/Label";
import { useColours } from "@/hooks/colours";
import { formatPercent, plural } from "@/hooks/format";
import { drawMatrix } from "./drawing";
import type { Matrix } from "./matrix";
import { areNamed, cellAt, pannedWindow, revealing, wholeMatrix, zoomedWindow, type Room, type Window } from "./window";
import styles from "./MatrixView.module.css";

interface Place {
  row: number;
  column: number;
}

interface Props {
  matrix: Matrix;
  /** The cell that the address names. */
  chosen: Place | null;
  /** A cell was walked to by keyboard. */
  onWalk: (place: Place) => void;
  /** The rows of a cell are wanted. */
  onOpen: (place: Place) => void;
}

const STEPS: Record<string, Place> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
};
const CLICK_PIXELS = 4;
const ZOOM = 1.4;

/** The matrix as a picture that can be zoomed, moved and walked through. */
export function MatrixView({ matrix, chosen, onWalk, onOpen }: Props) {
  const palette = useColours();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [room, setRoom] = useState<Room>({ width: 1, height: 1 });
  const [window_, setWindow] = useState<Window | null>(null);
  const [hovered, setHovered] = useState<Place | null>(null);
  const drag = useRef<{ x: number; y: number; travelled: number } | null>(null);
  const whole = wholeMatrix(room, matrix.size);
  const seen = window_ && window_.cell > whole.cell ? window_ : whole;
  const marked = hovered ?? chosen;

  useEffect(() => {
    const shown = canvas.current;
    if (!shown?.parentElement) return;
    const watcher = new ResizeObserver(([entry]) => entry && setRoom(entry.contentRect));
    watcher.observe(shown.parentElement);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    const context = fitted(canvas.current, room);
    if (context) drawMatrix(context, { matrix, window: seen, room, palette, marked });
  }, [matrix, seen, room, palette, marked]);

  const zoom = (factor: number, at = { x: room.width / 2, y: room.height / 2 }) =>
    setWindow(zoomedWindow(seen, room, matrix.size, factor, at));
  const onWheel = useEffectEvent((event: WheelEvent) => {
    // Without a modifier the wheel scrolls the page, as the matrix is as wide as that.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * 0.003), { x: event.offsetX, y: event.offsetY });
  });
  useEffect(() => {
    const shown = canvas.current;
    const listen = (event: WheelEvent) => onWheel(event);
    shown?.addEventListener("wheel", listen, { passive: false });
    return () => shown?.removeEventListener("wheel", listen);
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const from = marked ?? matrix.mistakes[0] ?? { row: 0, column: 0 };
    if (event.key === "Enter") onOpen(from);
    else if (event.key === "+") zoom(ZOOM);
    else if (event.key === "-") zoom(1 / ZOOM);
    else if (event.key === "0") setWindow(null);
    else if (step) walk(marked ? { row: from.row + step.row, column: from.column + step.column } : from);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const walk = ({ row, column }: Place) => {
    const last = matrix.size - 1;
    const place = { row: Math.min(last, Math.max(0, row)), column: Math.min(last, Math.max(0, column)) };
    setHovered(null);
    setWindow(revealing(seen, room, matrix.size, place.row, place.column));
    onWalk(place);
  };

  return (
    <div className={styles.whole}>
      <div className={styles.tools}>
        <button type="button" className="quiet compact" aria-label="Zoom in" onClick={() => zoom(ZOOM)}>
          +
        </button>
        <button type="button" className="quiet compact" aria-label="Zoom out" onClick={() => zoom(1 / ZOOM)}>
          −
        </button>
        <button type="button" className="quiet compact" onClick={() => setWindow(null)}>
          Whole matrix
        </button>
        <Scale most={matrix.most} />
        {!areNamed(seen) && <span className="soft small">Zoom in for the names</span>}
      </div>
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions -- arrow
      keys walk over the cells here, as over those of a grid */}
      <div
        className={styles.frame}
        role="application"
        tabIndex={0}
        aria-label={`Confusion matrix of ${matrix.size} classes: arrow keys go over cells, Enter opens the rows; the table has the same`}
        onKeyDown={onKeyDown}
      >
        {/* eslint-enable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
        <canvas
          ref={canvas}
          className={styles.canvas}
          data-over={hovered !== null}
          aria-hidden="true"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            drag.current = { x: event.clientX, y: event.clientY, travelled: 0 };
          }}
          onPointerMove={(event) => {
            const at = { x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY };
            const before = drag.current;
            setHovered((known) => same(known, cellAt(seen, matrix.size, at)));
            if (!before) return;
            const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
            const travelled = before.travelled + Math.hypot(dx, dy);
            drag.current = { x: event.clientX, y: event.clientY, travelled };
            if (travelled > CLICK_PIXELS) setWindow(pannedWindow(seen, room, matrix.size, dx, dy));
          }}
          onPointerUp={(event) => {
            const wasClick = drag.current !== null && drag.current.travelled <= CLICK_PIXELS;
            drag.current = null;
            const at = cellAt(seen, matrix.size, { x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY });
            if (wasClick && at && matrix.count(at.row, at.column)) onOpen(at);
          }}
          onPointerCancel={() => (drag.current = null)}
          onPointerLeave={() => setHovered(null)}
        />
        <span className={styles.axis} aria-hidden="true">
          label ↓ &nbsp; prediction →
        </span>
      </div>
      <p className={styles.said} aria-live="polite">
        {marked ? (
          <Said matrix={matrix} place={marked} />
        ) : (
          <span className="soft">Point at a cell; a click opens its rows.</span>
        )}
      </p>
    </div>
  );
}

function Said({ matrix, place: { row, column } }: { matrix: Matrix; place: Place }) {
  const count = matrix.count(row, column);
  const share = matrix.total(row) ? count / matrix.total(row) : 0;
  return (
    <>
      <strong>{plural(count, "row")}</strong> ({formatPercent(share, 1)}) of <Label>{matrix.labels[row]}</Label>{" "}
      {row === column ? "predicted right" : "taken for"}{" "}
      {row !== column && <Label tone="new">{matrix.labels[column]}</Label>}
    </>
  );
}

function Scale({ most }: { most: number }) {
  return (
    <span className={`soft small figures ${styles.scale ?? ""}`}>
      1 <span className={styles.ramp} aria-hidden="true" /> {Math.max(1, most)} rows, by their logarithm
    </span>
  );
}

const same = (known: Place | null, place: Place | null) =>
  known?.row === place?.row && known?.column === place?.column ? known : place;

function fitted(canvas: HTMLCanvasElement | null, { width, height }: Room): CanvasRenderingContext2D | null {
  if (!canvas || width < 2) return null;
  const ratio = window.devicePixelRatio;
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
