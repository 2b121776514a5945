/** A candle as plain numbers, from which indicators are computed. */
export interface Traded {
  /** Epoch seconds. */
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** The quote volume; null where only the exchange's own candle is known. */
  readonly quoteVolume: number | null;
}

/** A value at one candle; null where it is not defined. */
export type Cell = number | null;

/** A value for each candle. */
export type Line = readonly Cell[];

/** Computes a column's cell from cells of earlier candles, and of the same candle in columns made before it. */
export type Rule = (index: number, own: Column) => Cell;

/** A value for each candle of a sheet. */
export class Column {
  readonly #cells: Cell[] = [];
  readonly #rule: Rule;

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  get cells(): Line {
    return this.#cells;
  }

  /** Null before the first candle, too. */
  at(index: number): Cell {
    return this.#cells[index] ?? null;
  }

  /** Computes a cell. For the sheet alone, as `cut` is. */
  fill(index: number): void {
    this.#cells[index] = this.#rule(index, this);
  }

  cut(length: number): void {
    if (this.#cells.length > length) this.#cells.length = length;
  }
}

/**
 * Columns over candles, as in a spreadsheet. A cell depends on earlier rows alone, so that when the newest candle changes
 * only its row is computed, and that gives what computing everything would.
 */
export class Sheet {
  #candles: readonly Traded[] = [];
  readonly #columns: Column[] = [];
  readonly open = this.column((index) => this.candle(index)?.open ?? null);
  readonly high = this.column((index) => this.candle(index)?.high ?? null);
  readonly low = this.column((index) => this.candle(index)?.low ?? null);
  readonly close = this.column((index) => this.candle(index)?.close ?? null);
  readonly volume = this.column((index) => this.candle(index)?.volume ?? null);

  /** Adds a column. The columns that it reads must exist already. */
  column(rule: Rule): Column {
    const column = new Column(rule);
    this.#columns.push(column);
    return column;
  }

  /** A column made of others' cells of the same candle; null where one of them is. */
  combine(columns: readonly Column[], merge: (...values: number[]) => Cell): Column {
    return this.column((index) => {
      const values = columns.map((column) => column.at(index));
      return values.every((value) => value !== null) ? merge(...values) : null;
    });
  }

  /** The candle of a row; null beyond the ends. */
  candle(index: number): Traded | null {
    return this.#candles[index] ?? null;
  }

  /** Takes candles, ascending by start, and computes the rows from `from` on: those before have not changed. */
  fill(candles: readonly Traded[], from = 0): void {
    this.#candles = candles;
    for (const column of this.#columns) column.cut(candles.length);
    for (let index = from; index < candles.length; index++) {
      for (const column of this.#columns) column.fill(index);
    }
  }
}
