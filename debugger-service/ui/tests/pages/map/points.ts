import type { MapPoints } from "@/api/map_file";

/** Points as the service sends them, with arrays of these values. */
export function points(x: number[], y: number[], colours: number[], names?: string[]): MapPoints {
  return {
    size: x.length,
    leftOut: 0,
    numbers: Int32Array.from(x, (_, index) => index + 1),
    x: Float32Array.from(x),
    y: Float32Array.from(y),
    colours: names ? Uint16Array.from(colours) : Float32Array.from(colours),
    meaning: names ? { field: "label", names } : { field: "issue.label_error", low: 0, high: 1 },
  };
}
