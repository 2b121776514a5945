import type { ProductProfile } from "./product_profile.ts";
import { Random } from "./random.ts";
import { TradeLog } from "./trade_log.ts";
import { TradeWalk } from "./trade_walk.ts";

export interface MarketOptions {
  readonly seed: number;
  readonly tradesPerSecond: number;
  /** Epoch microseconds at which live trading starts. */
  readonly startMicros: number;
  /** Epoch microseconds (a whole minute) from which on there are trades. */
  readonly historyMicros: number;
  /** False for a product listed while the simulator runs: it has no trades before its start. */
  readonly hasPast: boolean;
}

/** One product's market: its trades so far, and how the next come about. */
export class Market {
  readonly profile: ProductProfile;
  readonly options: MarketOptions;
  readonly log = new TradeLog();
  /** A delisted product does not trade and cannot be subscribed to. */
  online = true;

  readonly #live: TradeWalk;
  readonly #chance: Random;
  readonly #firstLiveId: number;
  readonly #skips: { readonly index: number; readonly total: number }[] = [];
  #past: TradeWalk | null;

  constructor(profile: ProductProfile, options: MarketOptions) {
    this.profile = profile;
    this.options = options;
    const { seed, tradesPerSecond } = options;
    const id = profile.productId;
    this.#chance = new Random(seed, `market ${id}`);
    this.#firstLiveId = this.#chance.whole(200_000_000, 995_000_000);
    this.#live = new TradeWalk(profile, new Random(seed, `live ${id}`), tradesPerSecond);
    this.#live.next();
    this.#past = options.hasPast
      ? new TradeWalk(profile, new Random(seed, `past ${id}`), tradesPerSecond, true)
      : null;
    this.#past?.next();
  }

  get tradesPerSecond(): number {
    return this.options.tradesPerSecond;
  }

  /** Trades up to and including `nowMicros`; answers how many were made. */
  advanceTo(nowMicros: number): number {
    const walk = this.#live;
    const before = this.log.end;
    const offset = nowMicros - this.options.startMicros;
    while (walk.offset <= offset) {
      if (this.online) {
        this.log.append(this.options.startMicros + walk.offset, walk.ticks, walk.signedSize);
      }
      walk.next();
    }
    return this.log.end - before;
  }

  /** How many times as often as it began the market trades from its next trade on. */
  setPace(factor: number): void {
    this.#live.factor = factor;
  }

  /**
   * Trades out of turn, spread evenly over the `spanMicros` before `nowMicros` (0: all in the same
   * microsecond), never before the newest trade there is.
   */
  burst(count: number, spanMicros: number, nowMicros: number): void {
    const end = this.log.end;
    const newest = end > this.log.first ? this.log.micros(end - 1) : 0;
    const from = Math.max(newest, nowMicros - spanMicros);
    let ticks = this.lastTicks();
    for (let i = 1; i <= count; i++) {
      ticks = Math.max(1, ticks + this.#chance.whole(-1, 1));
      const size = this.#chance.whole(1, 100_000) * (this.#chance.next() < 0.5 ? -1 : 1);
      const micros = Math.floor(from + (nowMicros - from) * (i / count));
      this.log.append(Math.max(newest, micros), ticks, size);
    }
  }

  /** Lets `count` trade ids never exist: the next trade's id is that much higher. */
  skipIds(count: number): void {
    const total = (this.#skips.at(-1)?.total ?? 0) + count;
    this.#skips.push({ index: this.log.end, total });
  }

  tradeId(index: number): number {
    for (let i = this.#skips.length - 1; i >= 0; i--) {
      const skip = this.#skips[i];
      if (skip && skip.index <= index) return this.#firstLiveId + index + skip.total;
    }
    return this.#firstLiveId + index;
  }

  /** The newest price, in ticks. */
  lastTicks(): number {
    this.recallTrades(1);
    return this.log.end > this.log.first ? this.log.ticks(this.log.end - 1) : this.#live.ticks;
  }

  /** Makes sure that the newest `count` trades are in the log, if history reaches that far. */
  recallTrades(count: number): void {
    while (this.log.end - this.log.first < count && this.#recallOne());
  }

  /** Makes sure that every trade since `micros` is in the log, if history reaches that far. */
  recallSince(micros: number): void {
    const { startMicros } = this.options;
    while (this.#past && startMicros - this.#past.offset >= micros && this.#recallOne());
  }

  /** Makes sure that all history is in the log. */
  recallAll(): void {
    while (this.#recallOne());
  }

  /** Whether live trades older than `micros` are kept, enough of them to be worth freeing. */
  keepsTradesBefore(micros: number): boolean {
    return this.log.canDropBefore(this.log.indexAt(micros));
  }

  /** Frees trades before `micros`. */
  forgetBefore(micros: number): void {
    if (this.log.dropBefore(this.log.indexAt(micros))) this.#past = null;
  }

  /** Walks one trade back into the past; the same walk as the future's, read in a mirror. */
  #recallOne(): boolean {
    const walk = this.#past;
    if (!walk) return false;
    const micros = this.options.startMicros - walk.offset;
    if (micros < this.options.historyMicros) {
      this.#past = null;
      return false;
    }
    this.log.prepend(micros, walk.ticks, walk.signedSize);
    walk.next();
    return true;
  }
}
