import type { Rgb } from "@/hooks/colours";
import { howZoomed, type Size, type View } from "./view";

const VERTEX = `#version 300 es
uniform vec2 middle;
uniform vec2 stretch;
uniform float size;
in vec2 position;
in vec4 colour;
out vec4 tone;
void main() {
  gl_Position = vec4((position - middle) * stretch, 0.0, 1.0);
  gl_PointSize = colour.a < 0.5 ? size * 0.7 : size;
  tone = colour;
}`;

// Alpha is worked into the colour (premultiplied), so that edges blend right over any background.
const FRAGMENT = `#version 300 es
precision highp float;
uniform float size;
in vec4 tone;
out vec4 drawn;
void main() {
  float distance = length(gl_PointCoord - 0.5) * size;
  float alpha = tone.a * clamp(size * 0.5 - distance, 0.0, 1.0);
  if (alpha <= 0.0) discard;
  drawn = vec4(tone.rgb * alpha, alpha);
}`;

const LEAST_PIXELS = 2.5;
const MOST_PIXELS = 11;
/** From so many points on a coarse picture has every so manieth. */
const MANY = 20_000;
const COARSE = 6;

/** Draws points by WebGL 2. */
export class Renderer {
  private readonly gl: WebGL2RenderingContext;
  private readonly places: Record<"middle" | "stretch" | "size", WebGLUniformLocation | null>;
  private readonly buffers: Record<"position" | "colour" | "order", WebGLBuffer>;
  private count = 0;
  private coarseCount = 0;

  /** Throws an Error where the browser has no WebGL 2. */
  constructor(private readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext("webgl2", {
      antialias: false,
      premultipliedAlpha: true,
      powerPreference: "low-power",
    });
    if (!gl) throw new Error("This browser has no WebGL 2.");
    this.gl = gl;
    const program = programOf(gl);
    gl.useProgram(program);
    const place = (name: string) => gl.getUniformLocation(program, name);
    this.places = { middle: place("middle"), stretch: place("stretch"), size: place("size") };
    this.buffers = { position: gl.createBuffer(), colour: gl.createBuffer(), order: gl.createBuffer() };
    attribute(gl, program, "position", this.buffers.position, 2, gl.FLOAT);
    attribute(gl, program, "colour", this.buffers.colour, 4, gl.UNSIGNED_BYTE);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.order);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** Takes where the points are. */
  place(x: Float32Array, y: Float32Array): void {
    const both = new Float32Array(2 * x.length);
    for (let index = 0; index < x.length; index += 1) {
      both[2 * index] = x[index] ?? 0;
      both[2 * index + 1] = y[index] ?? 0;
    }
    this.upload(this.gl.ARRAY_BUFFER, this.buffers.position, both);
    this.count = 0;
  }

  /** Takes four bytes of colour a point, and which are drawn: the last ones above. */
  paint(colours: Uint8Array, order: Uint32Array): void {
    this.upload(this.gl.ARRAY_BUFFER, this.buffers.colour, colours);
    const coarse = order.filter((_, place) => place % COARSE === 0);
    const both = new Uint32Array(order.length + coarse.length);
    both.set(order);
    both.set(coarse, order.length);
    this.upload(this.gl.ELEMENT_ARRAY_BUFFER, this.buffers.order, both);
    this.count = order.length;
    this.coarseCount = coarse.length;
  }

  /** Draws all points, or only some of many where `isCoarse`: enough for an eye that follows a movement. */
  draw(view: View, size: Size, paper: Rgb, isCoarse: boolean): void {
    const { gl, places } = this;
    const ratio = this.fit(size);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(paper[0] / 255, paper[1] / 255, paper[2] / 255, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(places.middle, view.x, view.y);
    gl.uniform2f(places.stretch, (2 * view.scale) / size.width, (2 * view.scale) / size.height);
    gl.uniform1f(places.size, pixelsOf(this.count, howZoomed(view, size)) * ratio);
    const [count, start] = isCoarse && this.count > MANY ? [this.coarseCount, this.count] : [this.count, 0];
    if (count) gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, start * Uint32Array.BYTES_PER_ELEMENT);
  }

  private fit({ width, height }: Size): number {
    const ratio = Math.min(2, window.devicePixelRatio);
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== wide || this.canvas.height !== high)
      Object.assign(this.canvas, { width: wide, height: high });
    return ratio;
  }

  private upload(target: number, buffer: WebGLBuffer, data: Float32Array | Uint8Array | Uint32Array): void {
    this.gl.bindBuffer(target, buffer);
    this.gl.bufferData(target, data, this.gl.STATIC_DRAW);
  }
}

/** A point's diameter: less where there are many, more where one looks closely. */
export function pixelsOf(count: number, zoom: number): number {
  const base = count > 50_000 ? LEAST_PIXELS : count > 5_000 ? 4 : 6;
  return Math.min(MOST_PIXELS, base * Math.max(1, zoom) ** 0.4);
}

function attribute(
  gl: WebGL2RenderingContext,
  program: WebGLProgram,
  name: string,
  buffer: WebGLBuffer,
  size: number,
  type: number,
): void {
  const place = gl.getAttribLocation(program, name);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, size, type, type === gl.UNSIGNED_BYTE, 0, 0);
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error("The graphics driver gave no shader.");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(`The graphics driver refused the shaders: ${gl.getProgramInfoLog(program) ?? ""}`);
  }
  return program;
}
