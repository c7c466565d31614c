const MAGIC = 0x50414d44;
const FORM = 1;
const ALIGNMENT = 8;

/** The colour of a point that has no value. */
export const NO_NAME = 65_535;

/** What the points are coloured by: categories by name, or scores from low to high, null where there are none. */
export type ColourMeaning =
  { field: string; names: string[] } | { field: string; low: number | null; high: number | null };

/** The rows of a project as points of the plane, near ones alike. */
export interface MapPoints {
  size: number;
  /** Rows that were found and are on no map yet. */
  leftOut: number;
  numbers: Int32Array;
  x: Float32Array;
  y: Float32Array;
  /** Indices into the meaning's names, or scores. */
  colours: Uint16Array | Float32Array;
  meaning: ColourMeaning;
}

interface Header {
  points: number;
  left_out: number;
  color: ColourMeaning;
  arrays: { name: string; dtype: string; offset: number }[];
}

/** Reads the form that `GET …/map` describes; throws an Error for anything else. */
export function decodeMap(content: ArrayBuffer): MapPoints {
  const view = new DataView(content);
  if (content.byteLength < 12 || view.getUint32(0, true) !== MAGIC || view.getUint8(4) !== FORM) {
    throw new Error("The service sent a map that this page cannot read: reload the page.");
  }
  const length = view.getUint32(8, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 12, length))) as Header;
  const start = Math.ceil((12 + length) / ALIGNMENT) * ALIGNMENT;
  const at = (name: string) => {
    const found = header.arrays.find((array) => array.name === name);
    if (!found) throw new Error(`The service sent a map without ${name}: reload the page.`);
    return { offset: start + found.offset, dtype: found.dtype };
  };
  const colour = at("color");
  const Colours = colour.dtype === "uint16" ? Uint16Array : Float32Array;
  return {
    size: header.points,
    leftOut: header.left_out,
    numbers: new Int32Array(content, at("number").offset, header.points),
    x: new Float32Array(content, at("x").offset, header.points),
    y: new Float32Array(content, at("y").offset, header.points),
    colours: new Colours(content, colour.offset, header.points),
    meaning: header.color,
  };
}
