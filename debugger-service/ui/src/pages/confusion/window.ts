/** What of the matrix is seen: the cell at the upper left corner, in cells, and how many pixels a cell takes. */
export interface Window {
  x: number;
  y: number;
  cell: number;
}

export interface Room {
  width: number;
  height: number;
}

/** Room for the names of the labels, in pixels. */
export const LEFT = 176;
const TOP_NAMED = 128;
const TOP_UNNAMED = 30;
const MOST_CELL = 44;
const NAMED_CELL = 11;

/** Whether cells are large enough for the names of their classes. */
export const areNamed = ({ cell }: Pick<Window, "cell">) => cell >= NAMED_CELL;

/** Room for the names of the predictions, in pixels: little where only that of one is shown. */
export const topOf = (window: Pick<Window, "cell">) => (areNamed(window) ? TOP_NAMED : TOP_UNNAMED);

const inside = ({ width, height }: Room, cell: number) => ({
  width: Math.max(1, width - LEFT),
  height: Math.max(1, height - topOf({ cell })),
});

/** Pixels of a cell where all of them are seen. */
export function leastCell(room: Room, size: number): number {
  const fitting = (cell: number) => {
    const { width, height } = inside(room, cell);
    return Math.min(MOST_CELL, Math.min(width, height) / Math.max(1, size));
  };
  const named = fitting(MOST_CELL);
  return areNamed({ cell: named }) ? named : Math.min(fitting(0), NAMED_CELL - 0.01);
}

export const wholeMatrix = (room: Room, size: number): Window => ({ x: 0, y: 0, cell: leastCell(room, size) });

/** Zooms so that what is at the spot of the canvas stays there. */
export function zoomedWindow(window: Window, room: Room, size: number, factor: number, at: { x: number; y: number }) {
  const cell = Math.min(MOST_CELL, Math.max(leastCell(room, size), window.cell * factor));
  const dx = Math.max(0, at.x - LEFT);
  const x = window.x + dx / window.cell - dx / cell;
  const y = window.y + Math.max(0, at.y - topOf(window)) / window.cell - Math.max(0, at.y - topOf({ cell })) / cell;
  return held({ x, y, cell }, room, size);
}

export const pannedWindow = (window: Window, room: Room, size: number, dx: number, dy: number) =>
  held({ ...window, x: window.x - dx / window.cell, y: window.y - dy / window.cell }, room, size);

/** The cell at a spot of the canvas, null beside the matrix. */
export function cellAt(window: Window, size: number, at: { x: number; y: number }) {
  if (at.x < LEFT || at.y < topOf(window)) return null;
  const column = Math.floor(window.x + (at.x - LEFT) / window.cell);
  const row = Math.floor(window.y + (at.y - topOf(window)) / window.cell);
  return row < size && column < size ? { row, column } : null;
}

/** Moves as little as it takes for the cell to be in sight. */
export function revealing(window: Window, room: Room, size: number, row: number, column: number): Window {
  const { width, height } = inside(room, window.cell);
  const [wide, high] = [width / window.cell, height / window.cell];
  const moved = (start: number, seen: number, place: number) => Math.min(place, Math.max(place + 1 - seen, start));
  return held({ ...window, x: moved(window.x, wide, column), y: moved(window.y, high, row) }, room, size);
}

function held(window: Window, room: Room, size: number): Window {
  const { width, height } = inside(room, window.cell);
  const kept = (start: number, seen: number) => Math.min(Math.max(0, size - seen), Math.max(0, start));
  return { ...window, x: kept(window.x, width / window.cell), y: kept(window.y, height / window.cell) };
}
