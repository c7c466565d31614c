const REST_MS = 140;
/** Slower than about 40 frames a second is seen. */
const SLOW_MS = 26;
const GAP_MS = 1_000;

/** Watches how fast frames come while the map moves: where they are slow, they are to be coarse until it rests. */
export class Pace {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private before = 0;
  private usual = 0;

  constructor(private readonly onRest: () => void) {}

  /** The map is moving. */
  move(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), REST_MS);
  }

  /** Whether the frame that begins now, in milliseconds, is to be coarse. */
  isCoarse(now: number): boolean {
    if (this.timer === undefined) return false;
    const took = now - this.before;
    this.before = now;
    if (took < GAP_MS) this.usual = this.usual ? 0.8 * this.usual + 0.2 * took : took;
    return this.usual > SLOW_MS;
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private rest(): void {
    this.timer = undefined;
    this.before = 0;
    this.onRest();
  }
}
