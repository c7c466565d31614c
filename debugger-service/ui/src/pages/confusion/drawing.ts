import type { Colours, Rgb } from "@/hooks/colours";
import { shortened } from "@/hooks/shortened";
import type { Matrix } from "./matrix";
import { areNamed, LEFT, topOf, type Room, type Window } from "./window";

const MOST_ASIDE = 24;
const MOST_ABOVE = 22;
const COUNTED_CELL = 20;
const GRID_CELL = 7;
const DIAGONAL = 0.22;
const ANGLE = -Math.PI / 3.4;

export interface Drawn {
  matrix: Matrix;
  window: Window;
  room: Room;
  palette: Colours;
  /** The cell under the pointer or the keyboard's. */
  marked: { row: number; column: number } | null;
}

export function drawMatrix(context: CanvasRenderingContext2D, drawn: Drawn): void {
  const { room, window } = drawn;
  const top = topOf(window);
  context.clearRect(0, 0, room.width, room.height);
  context.save();
  context.beginPath();
  context.rect(LEFT, top, room.width - LEFT, room.height - top);
  context.clip();
  drawGrid(context, drawn);
  drawBands(context, drawn);
  drawCells(context, drawn);
  context.restore();
  drawNames(context, drawn);
}

function drawCells(context: CanvasRenderingContext2D, { matrix, window, room, palette, marked }: Drawn): void {
  const { cell } = window;
  const top = topOf(window);
  const gap = cell > 4 ? Math.max(0.5, cell * 0.06) : 0;
  Object.assign(context, { textAlign: "center", textBaseline: "middle" });
  context.font = `${Math.min(13, Math.round(cell * 0.42))}px system-ui, sans-serif`;
  for (const { row, column, count } of matrix.cells) {
    const [x, y] = [LEFT + (column - window.x) * cell, top + (row - window.y) * cell];
    if (x + cell < LEFT || y + cell < top || x > room.width || y > room.height) continue;
    const isRight = row === column;
    const strength = isRight ? DIAGONAL : 0.14 + 0.86 * matrix.strength(count);
    const tone = isRight ? palette["ink-soft"] : (palette.series[1] ?? palette.bad);
    const colour = mixed(palette.card, tone, strength);
    context.fillStyle = css(colour);
    context.fillRect(x + gap, y + gap, Math.max(1, cell - 2 * gap), Math.max(1, cell - 2 * gap));
    if (cell < COUNTED_CELL) continue;
    context.fillStyle = css(clearer(colour, palette.card, palette.ink));
    context.fillText(String(count), x + cell / 2, y + cell / 2 + 0.5);
  }
  if (!marked) return;
  Object.assign(context, { strokeStyle: css(palette.ink), lineWidth: 2 });
  const side = Math.max(cell, 6);
  context.strokeRect(LEFT + (marked.column - window.x) * cell, top + (marked.row - window.y) * cell, side, side);
}

function drawGrid(context: CanvasRenderingContext2D, { matrix, window, palette }: Drawn): void {
  const side = matrix.size * window.cell;
  const [left, top] = [LEFT - window.x * window.cell, topOf(window) - window.y * window.cell];
  context.fillStyle = css(mixed(palette.card, palette.ink, 0.025));
  context.fillRect(left, top, side, side);
  if (window.cell < GRID_CELL) return;
  context.beginPath();
  for (let line = 0; line <= matrix.size; line += 1) {
    const at = Math.round(line * window.cell) + 0.5;
    context.moveTo(left + at, top);
    context.lineTo(left + at, top + side);
    context.moveTo(left, top + at);
    context.lineTo(left + side, top + at);
  }
  Object.assign(context, { strokeStyle: css(palette.line), lineWidth: 0.5 });
  context.stroke();
}

function drawBands(context: CanvasRenderingContext2D, { matrix, window, palette, marked }: Drawn): void {
  if (!marked) return;
  const { cell } = window;
  const side = matrix.size * cell;
  const top = topOf(window);
  context.fillStyle = css(palette.accent, 0.16);
  context.fillRect(LEFT - window.x * cell, top + (marked.row - window.y) * cell, side, cell);
  context.fillRect(LEFT + (marked.column - window.x) * cell, top - window.y * cell, cell, side);
}

function drawNames(context: CanvasRenderingContext2D, drawn: Drawn): void {
  const { matrix, window, room, marked } = drawn;
  const isNamed = areNamed(window);
  const top = topOf(window);
  matrix.labels.forEach((label, index) => {
    const across = LEFT + (index + 0.5 - window.x) * window.cell;
    const down = top + (index + 0.5 - window.y) * window.cell;
    if ((isNamed || marked?.row === index) && down >= top && down <= room.height) {
      writeAside(context, drawn, label, { x: LEFT - 8, y: down, isMarked: marked?.row === index });
    }
    if ((isNamed || marked?.column === index) && across >= LEFT && across <= room.width) {
      const y = isNamed ? top - 6 : top / 2;
      writeAbove(context, drawn, label, { x: across, y, isMarked: marked?.column === index });
    }
  });
}

interface Place {
  x: number;
  y: number;
  isMarked: boolean;
}

function writeAside(context: CanvasRenderingContext2D, drawn: Drawn, label: string, { x, y, isMarked }: Place): void {
  style(context, drawn, isMarked);
  context.textAlign = "right";
  context.fillText(shortened(label, MOST_ASIDE), x, y, LEFT - 12);
}

function writeAbove(context: CanvasRenderingContext2D, drawn: Drawn, label: string, { x, y, isMarked }: Place): void {
  style(context, drawn, isMarked);
  context.save();
  if (areNamed(drawn.window)) {
    context.translate(x, y);
    context.rotate(ANGLE);
    context.fillText(shortened(label, MOST_ABOVE), 0, 0, (topOf(drawn.window) / Math.sin(-ANGLE)) * 0.94);
  } else {
    // The only one: it may be as wide as it is.
    const text = shortened(label, 2 * MOST_ABOVE);
    const half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(drawn.room.width - 2 * half, Math.max(LEFT, x - half)), y);
  }
  context.restore();
}

function style(context: CanvasRenderingContext2D, { palette, window }: Drawn, isMarked: boolean): void {
  const size = Math.max(10, Math.min(13, window.cell * 0.8));
  context.font = `${isMarked ? "600 12px" : `${size}px`} system-ui, sans-serif`;
  Object.assign(context, { textAlign: "left", textBaseline: "middle" });
  context.fillStyle = css(isMarked ? palette.ink : palette["ink-soft"]);
}

const css = ([red, green, blue]: Rgb, alpha = 1) => `rgb(${red} ${green} ${blue} / ${alpha})`;

/** That of the two which is told from the colour more easily. */
function clearer(colour: Rgb, one: Rgb, other: Rgb): Rgb {
  const contrast = (text: Rgb) => {
    const [dark = 0, light = 0] = [lightness(colour), lightness(text)].sort((low, high) => low - high);
    return (light + 0.05) / (dark + 0.05);
  };
  return contrast(one) > contrast(other) ? one : other;
}

/** The relative luminance, as WCAG 2.2 defines it. */
function lightness([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const channel = (at: 0 | 1 | 2) => Math.round(from[at] + (to[at] - from[at]) * share);
  return [channel(0), channel(1), channel(2)];
}
