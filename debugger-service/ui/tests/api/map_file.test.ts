import { expect, test } from "vitest";
import { decodeMap } from "@/api/map_file";

/** A map of two points, as the service describes its form. */
function file(dtype: "uint16" | "float32", colours: Uint16Array | Float32Array, color: object): ArrayBuffer {
  const columns = [Int32Array.of(3, 9), Float32Array.of(-0.5, 0.25), Float32Array.of(1, -1), colours];
  const arrays = columns.map((_, place) => ({
    name: ["number", "x", "y", "color"][place],
    dtype: place === 0 ? "int32" : place === 3 ? dtype : "float32",
    offset: place * 8,
  }));
  const header = new TextEncoder().encode(JSON.stringify({ points: 2, left_out: 4, color, arrays }));
  const start = Math.ceil((12 + header.length) / 8) * 8;
  const content = new Uint8Array(start + 32);
  content.set([0x44, 0x4d, 0x41, 0x50, 1, 0, 0, 0]);
  new DataView(content.buffer).setUint32(8, header.length, true);
  content.set(header, 12);
  columns.forEach((column, place) =>
    content.set(new Uint8Array(column.buffer, 0, column.byteLength), start + place * 8),
  );
  return content.buffer;
}

test("a map coloured by classes is read", () => {
  const found = decodeMap(file("uint16", Uint16Array.of(1, 65_535), { field: "label", names: ["é", "refund"] }));
  expect([...found.numbers]).toEqual([3, 9]);
  expect([...found.x, ...found.y]).toEqual([-0.5, 0.25, 1, -1]);
  expect([...found.colours]).toEqual([1, 65_535]);
  expect(found.meaning).toEqual({ field: "label", names: ["é", "refund"] });
  expect(found.leftOut).toBe(4);
});

test("a map coloured by scores is read", () => {
  const found = decodeMap(file("float32", Float32Array.of(0.5, NaN), { field: "confidence", low: 0.5, high: 0.5 }));
  expect([...found.colours]).toEqual([0.5, NaN]);
});

test("anything else is refused in words", () => {
  expect(() => decodeMap(new ArrayBuffer(4))).toThrow("cannot read");
  expect(() => decodeMap(new TextEncoder().encode("<!doctype html><html></html>").buffer)).toThrow("cannot read");
});
