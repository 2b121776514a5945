/** Values of counters at one moment. */
export interface CounterSample<Name extends string> {
  readonly atMs: number;
  readonly values: Readonly<Record<Name, number>>;
}

/** Least time between samples, so that many viewers make no difference. */
const SPACING_MS = 1000;
/** Rates are over at most this long: steady enough to read, quick enough to see trouble. */
const WINDOW_MS = 30_000;

/** Turns counters into rates per second. It keeps the samples of the last half minute. */
export class RateMeter<Name extends string> {
  /** Values are null at the start, when all counters were zero. */
  #samples: readonly {
    readonly atMs: number;
    readonly values: CounterSample<Name>["values"] | null;
  }[];

  /** `start` is when all counters were zero. */
  constructor(startMs: number) {
    this.#samples = [{ atMs: startMs, values: null }];
  }

  /** Adds a sample and gives the rates up to it. */
  rates(sample: CounterSample<Name>): (name: Name) => number {
    const recent = this.#samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS);
    // After a time without viewers, the newest old sample is used.
    const held = recent.length > 0 ? recent : this.#samples.slice(-1);
    const [first] = held;
    const last = held.at(-1);
    const isSpaced = last === undefined || sample.atMs - last.atMs >= SPACING_MS;
    this.#samples = isSpaced ? [...held, sample] : held;
    return (name) => {
      const seconds = first === undefined ? 0 : (sample.atMs - first.atMs) / 1000;
      if (seconds <= 0) return 0;
      const before = first?.values?.[name] ?? 0;
      return Math.max(0, sample.values[name] - before) / seconds;
    };
  }
}
