import type { MapPoints } from "@/api/map_file";
import type { Colours, Rgb } from "@/hooks/colours";
import type { Painting } from "./colouring";
import { listenTo } from "./gestures";
import { writeNames, type NamedPlace } from "./names";
import { Nearest } from "./nearest";
import { Pace } from "./pace";
import { Renderer } from "./renderer";
import {
  boundsOf,
  EVERYTHING,
  panned,
  toMap,
  toScreen,
  wholeMap,
  zoomed,
  type Size,
  type Spot,
  type View,
} from "./view";

const PICK_PIXELS = 12;

export interface SceneEvents {
  /** The point under the pointer and where that is, -1 for none. */
  onHover: (index: number, at: Spot) => void;
  onPick: (index: number) => void;
  /** A lasso was drawn, in the map's coordinates. */
  onLasso: (corners: Spot[]) => void;
}

export interface Shown {
  palette: Colours;
  names: readonly NamedPlace[];
  lasso: readonly Spot[];
  /** The index of the row that is looked at, -1 for none. */
  row: number;
  isLasso: boolean;
}

/** The map on the screen: points by WebGL, and above them names, lasso and rings; draws only when something changed. */
export class Scene {
  private readonly renderer: Renderer;
  private readonly stop: () => void;
  private points: MapPoints | null = null;
  private nearest: Nearest | null = null;
  private lit: Uint8Array | null = null;
  private shown: Shown | null = null;
  private view: View | null = null;
  private size: Size = { width: 1, height: 1 };
  private line: readonly Spot[] = [];
  private bounds = EVERYTHING;
  private hovered = -1;
  private frame = 0;
  private arePointsOld = true;
  private readonly pace = new Pace(() => this.requestPoints());

  /** Throws an Error where the browser has no WebGL 2. */
  constructor(
    canvas: HTMLCanvasElement,
    private readonly above: HTMLCanvasElement,
    private readonly events: SceneEvents,
  ) {
    this.renderer = new Renderer(canvas);
    this.stop = listenTo(above, {
      isLasso: (event) => event.shiftKey || this.shown?.isLasso === true,
      pan: (dx, dy) => this.move((view) => panned(view, dx, dy)),
      zoom: (factor, at) => this.move((view) => zoomed(view, this.size, factor, at)),
      hover: (at) => this.hover(at),
      click: (at) => this.events.onPick(this.pick(at)),
      line: (line) => this.draw({ line }),
      close: (line) => this.finish(line),
    });
  }

  resize(size: Size): void {
    const isWhole = this.view === null || this.view.scale === this.whole().scale;
    this.size = size;
    if (isWhole) this.view = this.whole();
    this.requestPoints();
  }

  place(points: MapPoints): void {
    const isFirst = this.points === null;
    this.points = points;
    this.bounds = boundsOf(points.x, points.y);
    if (isFirst) this.view = this.whole();
    this.nearest = new Nearest(points.x, points.y);
    this.renderer.place(points.x, points.y);
    this.requestPoints();
  }

  paint({ colours, order }: Painting, lit: Uint8Array | null): void {
    this.lit = lit;
    this.renderer.paint(colours, order);
    this.requestPoints();
  }

  show(shown: Shown): void {
    this.shown = shown;
    this.requestPoints();
  }

  zoom(factor: number): void {
    this.move((view) => zoomed(view, this.size, factor, { x: this.size.width / 2, y: this.size.height / 2 }));
  }

  fit(): void {
    this.move(() => this.whole());
  }

  /** Moves the map so that the point is in sight. */
  reveal(index: number): void {
    const [x, y] = [this.points?.x[index], this.points?.y[index]];
    if (!this.view || x === undefined || y === undefined) return;
    const at = toScreen(this.view, this.size, x, y);
    if (at.x > 0 && at.y > 0 && at.x < this.size.width && at.y < this.size.height) return;
    this.move((view) => ({ ...view, x, y }));
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.pace.close();
    this.stop();
  }

  private whole(): View {
    return wholeMap(this.size, this.bounds);
  }

  private move(change: (view: View) => View): void {
    if (this.view) this.view = change(this.view);
    this.pace.move();
    this.requestPoints();
  }

  private hover(at: Spot | null): void {
    const index = at ? this.pick(at) : -1;
    if (index === this.hovered) return;
    this.events.onHover(index, index >= 0 ? this.spotOf(index) : { x: 0, y: 0 });
    this.hovered = index;
    this.above.dataset.over = String(index >= 0);
    this.request();
  }

  private pick({ x, y }: Spot): number {
    if (!this.view || !this.nearest) return -1;
    const spot = toMap(this.view, this.size, x, y);
    return this.nearest.find(spot.x, spot.y, PICK_PIXELS / this.view.scale, (index) => this.lit?.[index] !== 0);
  }

  private finish(line: readonly Spot[]): void {
    const { view, size } = this;
    this.draw({ line: [] });
    if (view) this.events.onLasso(line.map(({ x, y }) => toMap(view, size, x, y)));
  }

  private draw({ line }: { line: readonly Spot[] }): void {
    this.line = line;
    this.request();
  }

  private spotOf(index: number): Spot {
    return toScreen(this.view ?? this.whole(), this.size, this.points?.x[index] ?? 0, this.points?.y[index] ?? 0);
  }

  private requestPoints(): void {
    this.arePointsOld = true;
    this.request();
  }

  private request(): void {
    this.frame ||= requestAnimationFrame((now) => this.render(now));
  }

  private render(now: number): void {
    const { view, size, shown } = this;
    this.frame = 0;
    if (!view || !shown) return;
    const isCoarse = this.pace.isCoarse(now);
    if (this.arePointsOld) this.renderer.draw(view, size, shown.palette.card, isCoarse);
    this.arePointsOld = false;
    const context = this.cleared();
    if (!context) return;
    const { ink, card, accent } = shown.palette;
    writeNames(context, shown.names, view, size, { ink: css(ink), paper: css(card, 0.85) });
    const corners = this.line.length ? this.line : shown.lasso.map(({ x, y }) => toScreen(view, size, x, y));
    outline(context, corners, css(accent), css(accent, 0.1));
    if (this.hovered >= 0) ring(context, this.spotOf(this.hovered), css(ink), 6);
    if (shown.row >= 0) ring(context, this.spotOf(shown.row), css(accent), 9);
  }

  private cleared(): CanvasRenderingContext2D | null {
    const ratio = Math.min(2, window.devicePixelRatio);
    const [width, height] = [Math.round(this.size.width * ratio), Math.round(this.size.height * ratio)];
    if (this.above.width !== width || this.above.height !== height) Object.assign(this.above, { width, height });
    const context = this.above.getContext("2d");
    context?.setTransform(ratio, 0, 0, ratio, 0, 0);
    context?.clearRect(0, 0, this.size.width, this.size.height);
    return context;
  }
}

const css = ([red, green, blue]: Rgb, alpha = 1) => `rgb(${red} ${green} ${blue} / ${alpha})`;

function outline(context: CanvasRenderingContext2D, corners: readonly Spot[], stroke: string, fill: string): void {
  if (corners.length < 2) return;
  context.beginPath();
  for (const { x, y } of corners) context.lineTo(x, y);
  context.closePath();
  Object.assign(context, { strokeStyle: stroke, fillStyle: fill, lineWidth: 2 });
  context.setLineDash([6, 4]);
  context.fill();
  context.stroke();
  context.setLineDash([]);
}

function ring(context: CanvasRenderingContext2D, { x, y }: Spot, stroke: string, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  Object.assign(context, { strokeStyle: stroke, lineWidth: 2.5 });
  context.stroke();
}
