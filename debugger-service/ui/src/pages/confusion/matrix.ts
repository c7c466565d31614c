import type { Schemas } from "@/api/types";
import { both, equals } from "@/hooks/filters";
import type { Source } from "@/api/confusion";

export interface Cell {
  /** Positions of the label and of the prediction. */
  row: number;
  column: number;
  count: number;
}

/** A confusion matrix that is looked into by position. */
export class Matrix {
  readonly labels: readonly string[];
  readonly cells: readonly Cell[];
  /** Off the diagonal, the most rows first. */
  readonly mistakes: readonly Cell[];
  readonly most: number;
  private readonly counts = new Map<number, number>();
  private readonly totals: number[];

  constructor({ labels, cells }: Pick<Schemas["ConfusionOut"], "labels" | "cells">) {
    this.labels = labels;
    this.cells = cells.map(([row, column, count]) => ({ row, column, count }));
    this.totals = labels.map(() => 0);
    for (const { row, column, count } of this.cells) {
      this.counts.set(row * labels.length + column, count);
      this.totals[row] = (this.totals[row] ?? 0) + count;
    }
    this.mistakes = this.cells
      .filter(({ row, column }) => row !== column)
      .sort((one, other) => other.count - one.count || one.row - other.row || one.column - other.column);
    this.most = this.mistakes[0]?.count ?? 0;
  }

  get size(): number {
    return this.labels.length;
  }

  count(row: number, column: number): number {
    return this.counts.get(row * this.size + column) ?? 0;
  }

  /** Rows of the label, however they are predicted. */
  total(row: number): number {
    return this.totals[row] ?? 0;
  }

  /** How strongly a cell is shown, from 0 to 1: by the logarithm of its rows. */
  strength(count: number, most = this.most): number {
    return count <= 0 ? 0 : Math.min(1, Math.log1p(count) / Math.log1p(Math.max(1, most)));
  }

  /** Where the cell of these classes is, if both are there. */
  find(label: string | undefined, prediction: string | undefined): Cell | null {
    if (label === undefined || prediction === undefined) return null;
    const [row, column] = [this.labels.indexOf(label), this.labels.indexOf(prediction)];
    return row < 0 || column < 0 ? null : { row, column, count: this.count(row, column) };
  }
}

/** What finds the rows of a cell. */
export function cellFilter(label: string, prediction: string, source: Source, within = ""): string {
  const field = source === "served" ? "served" : "prediction";
  return both(within, `${equals("label", label)} AND ${equals(field, prediction)}`);
}

/** What finds the rows of two classes that are taken for each other. */
export function pairFilter([one, other]: readonly [string, string], source: Source, within = ""): string {
  return both(within, `(${cellFilter(one, other, source)}) OR (${cellFilter(other, one, source)})`);
}
