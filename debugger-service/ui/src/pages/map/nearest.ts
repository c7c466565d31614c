const CELLS = 128;

/** Finds the point that is nearest to a spot, by looking only at what is around. */
export class Nearest {
  private readonly starts: Uint32Array;
  private readonly members: Uint32Array;

  constructor(
    private readonly x: Float32Array,
    private readonly y: Float32Array,
  ) {
    const counts = new Uint32Array(CELLS * CELLS + 1);
    const cells = Uint32Array.from(x, (value, index) => cellOf(value, y[index] ?? 0));
    for (const cell of cells) counts[cell + 1] = (counts[cell + 1] ?? 0) + 1;
    for (let cell = 0; cell < CELLS * CELLS; cell += 1)
      counts[cell + 1] = (counts[cell + 1] ?? 0) + (counts[cell] ?? 0);
    this.starts = counts;
    this.members = new Uint32Array(x.length);
    const next = counts.slice();
    cells.forEach((cell, index) => {
      const place = next[cell] ?? 0;
      this.members[place] = index;
      next[cell] = place + 1;
    });
  }

  /** The index of the nearest point within the radius that is wanted, -1 where there is none. */
  find(x: number, y: number, radius: number, wanted: (index: number) => boolean = () => true): number {
    let found = -1;
    let best = radius * radius;
    const [left, right] = [placeOf(x - radius), placeOf(x + radius)];
    for (let row = placeOf(y - radius); row <= placeOf(y + radius); row += 1) {
      const [from, to] = [this.starts[row * CELLS + left] ?? 0, this.starts[row * CELLS + right + 1] ?? 0];
      for (let place = from; place < to; place += 1) {
        const index = this.members[place] ?? 0;
        const square = ((this.x[index] ?? 0) - x) ** 2 + ((this.y[index] ?? 0) - y) ** 2;
        if (square <= best && wanted(index)) [found, best] = [index, square];
      }
    }
    return found;
  }
}

const placeOf = (value: number) => Math.min(CELLS - 1, Math.max(0, Math.floor(((value + 1) / 2) * CELLS)));
const cellOf = (x: number, y: number) => placeOf(y) * CELLS + placeOf(x);
