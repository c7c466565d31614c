import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { MapPoints } from "@/api/map_file";
import { useColours } from "@/hooks/colours";
import { useKeys } from "@/hooks/keys";
import { painted, type ClassShown } from "./colouring";
import { HoverCard } from "./HoverCard";
import { extentOf, read, simplified, written } from "./lasso";
import { namedPlaces } from "./names";
import { Scene } from "./scene";
import type { Size, Spot } from "./view";
import styles from "./MapCanvas.module.css";

interface Props {
  points: MapPoints;
  classes: ClassShown[];
  lit: Uint8Array | null;
  only?: string;
  lasso?: string;
  row?: number;
  isLasso: boolean;
  onTool: (isLasso: boolean) => void;
  onLasso: (corners: string | undefined) => void;
  onRow: (row: number | undefined) => void;
  onBroken: (error: Error) => void;
}

/** Fields whose values are where they are on the map for a reason, so that their names can be written there. */
const NAMED = new Set(["label", "given", "prediction", "served"]);

/** The points, to be moved, zoomed, looked at and encircled. */
export function MapCanvas(props: Props) {
  const { points, classes, lit, only, lasso, row, isLasso } = props;
  const palette = useColours();
  const canvas = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [scene, setScene] = useState<Scene | null>(null);
  const [hovered, setHovered] = useState<{ number: number; at: Spot } | null>(null);
  const [size, setSize] = useState<Size>({ width: 1, height: 1 });

  const onHover = useEffectEvent((index: number, at: Spot) => {
    const number = points.numbers[index];
    setHovered(number === undefined ? null : { number, at });
  });
  const onPick = useEffectEvent((index: number) => props.onRow(points.numbers[index]));
  const onLasso = useEffectEvent((line: Spot[]) => {
    const corners = simplified(line);
    props.onLasso(extentOf(corners) > 0 ? written(corners) : undefined);
  });
  const onBroken = useEffectEvent((error: unknown) => props.onBroken(error as Error));

  useEffect(() => {
    if (!canvas.current || !above.current || !frame.current) return;
    const begin = begun(canvas.current, above.current, { onHover, onPick, onLasso });
    if (begin instanceof Error) {
      onBroken(begin);
      return;
    }
    const watcher = new ResizeObserver(([entry]) => {
      const room = entry?.contentRect;
      if (!room?.width) return;
      begin.resize(room);
      setSize(room);
    });
    watcher.observe(frame.current);
    const lost = () => onBroken(new Error("The graphics driver stopped."));
    canvas.current.addEventListener("webglcontextlost", lost);
    const shown = canvas.current;
    setScene(begin);
    return () => {
      shown.removeEventListener("webglcontextlost", lost);
      watcher.disconnect();
      begin.close();
    };
  }, []);

  useEffect(() => scene?.place(points), [scene, points]);
  useEffect(() => {
    scene?.paint(painted({ points, classes, palette, lit }), lit);
  }, [scene, points, classes, palette, lit]);
  useEffect(() => {
    const names = NAMED.has(points.meaning.field) ? namedPlaces(classes) : [];
    const wanted = only === undefined ? names : names.filter(({ name }) => name === only);
    const index = row === undefined ? -1 : points.numbers.indexOf(row);
    scene?.show({ palette, names: wanted, lasso: read(lasso), row: index, isLasso });
  }, [scene, points, classes, palette, only, lasso, row, isLasso]);
  useEffect(() => {
    if (row !== undefined) scene?.reveal(points.numbers.indexOf(row));
  }, [scene, points, row]);

  useKeys("Map", [
    { key: "+", title: "Zoom in", run: () => scene?.zoom(1.5) },
    { key: "-", title: "Zoom out", run: () => scene?.zoom(1 / 1.5) },
    { key: "0", title: "Show the whole map", run: () => scene?.fit() },
    { key: "l", title: "Draw a lasso, or move the map", run: () => props.onTool(!isLasso) },
  ]);

  return (
    <div
      ref={frame}
      className={styles.frame}
      role="group"
      aria-label={`Map of ${points.size} rows; the list beside it has the same rows, and the filter chooses among them`}
    >
      <canvas ref={canvas} className={styles.points} aria-hidden="true" />
      <canvas
        ref={above}
        className={`${styles.above ?? ""} ${isLasso ? (styles.lasso ?? "") : ""}`}
        aria-hidden="true"
      />
      <div className={styles.tools}>
        <button type="button" className="quiet compact" aria-pressed={!isLasso} onClick={() => props.onTool(false)}>
          Move
        </button>
        <button type="button" className="quiet compact" aria-pressed={isLasso} onClick={() => props.onTool(true)}>
          Lasso
        </button>
        <button type="button" className="quiet compact" aria-label="Zoom in" onClick={() => scene?.zoom(1.5)}>
          +
        </button>
        <button type="button" className="quiet compact" aria-label="Zoom out" onClick={() => scene?.zoom(1 / 1.5)}>
          −
        </button>
        <button type="button" className="quiet compact" onClick={() => scene?.fit()}>
          Whole map
        </button>
      </div>
      {hovered && <HoverCard number={hovered.number} at={hovered.at} size={size} />}
    </div>
  );
}

function begun(canvas: HTMLCanvasElement, above: HTMLCanvasElement, events: ConstructorParameters<typeof Scene>[2]) {
  try {
    return new Scene(canvas, above, events);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
