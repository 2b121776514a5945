interface Run {
  from: number;
  to: number;
}

/** The trade ids of one product that an app was sent, over the feed or REST, as sorted runs. */
export class KnownIds {
  #runs: Run[] = [];

  /** Adds the ids `from` to `to`, both included; returns how many of them were not known before. */
  add(from: number, to: number): number {
    let known = 0;
    let first = from;
    let last = to;
    const others: Run[] = [];
    for (const run of this.#runs) {
      known += Math.max(0, Math.min(run.to, to) - Math.max(run.from, from) + 1);
      if (run.to < from - 1 || run.from > to + 1) {
        others.push(run);
      } else {
        first = Math.min(first, run.from);
        last = Math.max(last, run.to);
      }
    }
    this.#runs = [...others, { from: first, to: last }].toSorted((a, b) => a.from - b.from);
    return to - from + 1 - known;
  }

  has(id: number): boolean {
    return this.#runs.some(({ from, to }) => from <= id && id <= to);
  }

  /** Forgets all ids from this one on: what was sent and may not have been kept. */
  forgetFrom(id: number): void {
    this.#runs = this.#runs.filter(({ from }) => from < id)
      .map(({ from, to }) => ({ from, to: Math.min(to, id - 1) }));
  }
}
