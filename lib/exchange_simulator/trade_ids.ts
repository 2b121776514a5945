interface Skip {
  readonly index: number;
  /** What is added to the ids of trades before this index, and to those from it on. */
  readonly before: number;
  readonly from: number;
}

/** The ids of a product's trades: contiguous, except for those that were skipped. */
export class TradeIds {
  readonly #firstLive: number;
  #skips: readonly Skip[] = [];

  /** `firstLive` is the id of the trade with index 0. */
  constructor(firstLive: number) {
    this.#firstLive = firstLive;
  }

  /** From this index on ids are higher by `count`. */
  raise(index: number, count: number): void {
    this.#skips = [...this.#skips, { index, before: 0, from: count }];
  }

  /** Before this index ids are lower by `count`. */
  lower(index: number, count: number): void {
    this.#skips = [...this.#skips, { index, before: -count, from: 0 }];
  }

  /** Trades were added to the past: every index before `index` is lower by `count` now. */
  addBefore(index: number, count: number): void {
    this.#skips = this.#skips.map((skip) =>
      skip.index < index ? { ...skip, index: skip.index - count } : skip
    );
  }

  of(index: number): number {
    let id = this.#firstLive + index;
    for (const skip of this.#skips) id += index < skip.index ? skip.before : skip.from;
    return id;
  }
}
