/** A run of trade ids that are all accounted for: seen, or proven never to have existed. Both ends are trades. */
export interface IdInterval {
  readonly from: number;
  readonly to: number;
  /** The exchange's time of trade `from`, in epoch milliseconds. */
  readonly fromTimeMs: number;
  /** The exchange's time of trade `to`, in epoch milliseconds. */
  readonly toTimeMs: number;
}

/** A run of trade ids not yet seen: `fromId` to `toId`, both inclusive and both missing. */
export interface IdGap {
  readonly fromId: number;
  readonly toId: number;
  /** The time of the last trade before the gap, in epoch milliseconds. */
  readonly fromTimeMs: number;
  /** The time of the first trade after the gap, in epoch milliseconds. */
  readonly toTimeMs: number;
}

/**
 * `misplaced`: the id and the time contradict the order of the ids already seen, so the trade is refused. `forgotten`:
 * whether it was seen is no longer known.
 */
export type Insertion = "new" | "seen" | "misplaced" | "forgotten";

/** How far a trade's time may run against the order of ids; the exchange's own jitter is milliseconds. */
const TIME_TOLERANCE_MS = 60_000;

/** No product trades this many times during an outage that ids could bridge; beyond it an id is hostile. */
const LARGEST_JUMP = 20_000_000;

/** More runs than this and the oldest are forgotten: the gaps between them live in the database. */
const CAPACITY = 1000;

interface MutableInterval {
  from: number;
  to: number;
  fromTimeMs: number;
  toTimeMs: number;
}

/** The trade ids of one product that are accounted for, as sorted runs; usually there is just one. */
export class IdIntervals {
  readonly #runs: MutableInterval[] = [];
  #forgotten: IdInterval | null = null;
  #shape = 0;

  /** Goes up whenever a gap appears, shrinks or closes. */
  get shape(): number {
    return this.#shape;
  }

  /** The newest of the runs that were forgotten, up to which nothing can be inserted; null if none was. */
  get forgotten(): IdInterval | null {
    return this.#forgotten;
  }

  get oldest(): IdInterval | null {
    return this.#runs[0] ?? null;
  }

  get newest(): IdInterval | null {
    return this.#runs[this.#runs.length - 1] ?? null;
  }

  /** Adds one trade's id: was it new, already present, or refused? It is counted once, so what is forgotten is refused. */
  insert(id: number, timeMs: number): Insertion {
    const last = this.#runs[this.#runs.length - 1];
    if (last !== undefined && id === last.to + 1 && timeMs >= last.toTimeMs - TIME_TOLERANCE_MS) {
      last.to = id;
      last.toTimeMs = timeMs;
      return "new";
    }
    return this.#insertAnywhere(id, timeMs);
  }

  /** The run that holds an id, or null. */
  containing(id: number): IdInterval | null {
    const run = this.#runs[this.#indexBefore(id)];
    return run !== undefined && id <= run.to ? run : null;
  }

  /** Adds a whole run in one call, such as a stored candle's ids; it may overlap other runs. */
  addRun(run: IdInterval): void {
    const first = this.#runs.findIndex((held) => held.to + 1 >= run.from);
    const at = first < 0 ? this.#runs.length : first;
    let end = at;
    const joined: MutableInterval = { ...run };
    for (let held = this.#runs[end]; held && held.from <= run.to + 1; held = this.#runs[++end]) {
      if (held.from < joined.from) {
        joined.from = held.from;
        joined.fromTimeMs = held.fromTimeMs;
      }
      if (held.to > joined.to) {
        joined.to = held.to;
        joined.toTimeMs = held.toTimeMs;
      }
    }
    this.#runs.splice(at, end - at, joined);
    this.#shape++;
    this.#bound();
  }

  /**
   * Closes the gap between two neighbouring trades, both seen, because there is nothing between
   * them or it has been accounted for elsewhere. False if there is no such gap.
   */
  bridge(beforeId: number, afterId: number): boolean {
    const index = this.#runs.findIndex((run) => run.to === beforeId);
    const before = this.#runs[index];
    const after = this.#runs[index + 1];
    if (index < 0 || before === undefined || after?.from !== afterId) return false;
    before.to = after.to;
    before.toTimeMs = after.toTimeMs;
    this.#runs.splice(index + 1, 1);
    this.#shape++;
    return true;
  }

  /** The gaps between the runs, oldest first. */
  gaps(): IdGap[] {
    const gaps: IdGap[] = [];
    for (let i = 1; i < this.#runs.length; i++) {
      const before = this.#runs[i - 1];
      const after = this.#runs[i];
      if (before === undefined || after === undefined) break;
      gaps.push({
        fromId: before.to + 1,
        toId: after.from - 1,
        fromTimeMs: before.toTimeMs,
        toTimeMs: after.fromTimeMs,
      });
    }
    return gaps;
  }

  #insertAnywhere(id: number, timeMs: number): Insertion {
    const index = this.#indexBefore(id);
    const before = this.#runs[index];
    const after = this.#runs[index + 1];
    if (before !== undefined && id <= before.to) return "seen";
    if (this.#forgotten !== null && id <= this.#forgotten.to) return "forgotten";
    if (before !== undefined && timeMs < before.toTimeMs - TIME_TOLERANCE_MS) return "misplaced";
    if (after !== undefined && timeMs > after.fromTimeMs + TIME_TOLERANCE_MS) return "misplaced";
    if (before !== undefined && after === undefined && id - before.to > LARGEST_JUMP) {
      return "misplaced";
    }
    if (after !== undefined && before === undefined && after.from - id > LARGEST_JUMP) {
      return "misplaced";
    }
    this.#shape++;
    const joinsBefore = before !== undefined && before.to + 1 === id;
    const joinsAfter = after !== undefined && after.from - 1 === id;
    if (joinsBefore && joinsAfter) {
      before.to = after.to;
      before.toTimeMs = after.toTimeMs;
      this.#runs.splice(index + 1, 1);
    } else if (joinsBefore) {
      before.to = id;
      before.toTimeMs = timeMs;
    } else if (joinsAfter) {
      after.from = id;
      after.fromTimeMs = timeMs;
    } else {
      this.#runs.splice(index + 1, 0, { from: id, to: id, fromTimeMs: timeMs, toTimeMs: timeMs });
      this.#bound();
    }
    return "new";
  }

  /** Index of the last run that begins at or before `id`; -1 if there is none. */
  #indexBefore(id: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const run = this.#runs[middle];
      if (run !== undefined && run.from <= id) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #bound(): void {
    if (this.#runs.length <= CAPACITY) return;
    const forgotten = this.#runs.splice(0, this.#runs.length - CAPACITY);
    this.#forgotten = forgotten[forgotten.length - 1] ?? null;
  }
}
