import type { CandleEvent } from "./candle_event.ts";
import type { KeyRoute } from "./key_route.ts";

/**
 * The last closed candles in memory, so that most resumes need no request. Holds between `capacity` and twice that; the
 * oldest half is dropped in one go, which keeps adding cheap.
 */
export class ClosedRing {
  #events: CandleEvent[] = [];
  /** The same, by key: pages read a few candles of one key each. */
  #byRoute = new Map<KeyRoute, CandleEvent[]>();
  #first = 1;

  constructor(readonly capacity: number) {}

  /** The oldest sequence from which on nothing is missing here. */
  get first(): number {
    return this.#first;
  }

  /** Starts again, empty: nothing is missing from `first` on. */
  restart(first: number): void {
    this.#keep([]);
    this.#first = first;
  }

  /** Adds the next closed candle; sequences only rise. */
  add(event: CandleEvent): void {
    this.#events.push(event);
    this.#index(event);
    if (this.#events.length < 2 * this.capacity) return;
    this.#keep(this.#events.slice(this.capacity));
    this.#first = this.#events[0]?.sequence ?? this.#first;
  }

  /** The closed candles of a key, in order. */
  of(route: KeyRoute): readonly CandleEvent[] {
    return this.#byRoute.get(route) ?? [];
  }

  /** The closed candles after a sequence, in order; requires `after >= first - 1`. */
  after(after: number): readonly CandleEvent[] {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.sequence ?? 0) > after) high = middle;
      else low = middle + 1;
    }
    return this.#events.slice(low);
  }

  #keep(events: CandleEvent[]): void {
    this.#events = events;
    this.#byRoute = new Map();
    for (const event of events) this.#index(event);
  }

  #index(event: CandleEvent): void {
    const own = this.#byRoute.get(event.route);
    if (own === undefined) this.#byRoute.set(event.route, [event]);
    else own.push(event);
  }
}
