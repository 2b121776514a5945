import type { PastMinutes } from "./past_minutes.ts";
import { PastTrades } from "./past_trades.ts";
import type { ProductProfile } from "./product_profile.ts";
import { Random } from "./random.ts";
import { TradeIds } from "./trade_ids.ts";
import { TradeLog } from "./trade_log.ts";
import { TradeWalk } from "./trade_walk.ts";

export interface MarketOptions {
  readonly seed: number;
  readonly tradesPerSecond: number;
  /** Epoch microseconds at which live trading starts. */
  readonly startMicros: number;
  /** Epoch seconds (a whole minute) from which on there are trades, as far as there are minutes. */
  readonly historySeconds: number;
}

/**
 * One product's market: its trades so far, and the generator of the next ones. Trades have an
 * index: 0 is the first after the simulator's start, -1 the newest before it.
 */
export class Market {
  readonly profile: ProductProfile;
  readonly options: MarketOptions;
  /** Trades since the start. */
  readonly log = new TradeLog();
  /** A delisted product does not trade and cannot be subscribed to. */
  online = true;

  readonly #live: TradeWalk;
  readonly #past: PastTrades;
  readonly #chance: Random;
  readonly #ids: TradeIds;

  constructor(profile: ProductProfile, options: MarketOptions, minutes: PastMinutes) {
    this.profile = profile;
    this.options = options;
    const { seed, tradesPerSecond, startMicros, historySeconds } = options;
    const id = profile.productId;
    this.#chance = new Random(seed, `market ${id}`);
    // A busy past of years must not reach down to an id of 0.
    const pastTrades = minutes.options.tradesPerSecond * (startMicros / 1e6 - historySeconds);
    this.#ids = new TradeIds(
      Math.max(this.#chance.whole(200_000_000, 995_000_000), Math.ceil(2 * pastTrades)),
    );
    this.#past = new PastTrades(id, minutes, historySeconds);
    this.#live = new TradeWalk(profile, new Random(seed, `live ${id}`), tradesPerSecond);
    this.#live.next();
  }

  get tradesPerSecond(): number {
    return this.options.tradesPerSecond;
  }

  /** Generates trades up to and including `nowMicros`; returns how many. */
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

  /** From its next trade on the market trades `factor` times as often as it began. */
  setFrequency(factor: number): void {
    this.#live.factor = factor;
  }

  /**
   * Trades out of turn, spread evenly over the `spanMicros` before `nowMicros` (0: all in the same
   * microsecond), never before the newest trade there is.
   */
  burst(count: number, spanMicros: number, nowMicros: number): void {
    const end = this.log.end;
    const newest = this.has(end - 1) ? this.micros(end - 1) : 0;
    const from = Math.max(newest, nowMicros - spanMicros);
    let ticks = this.lastTicks();
    for (let i = 1; i <= count; i++) {
      ticks = Math.max(1, ticks + this.#chance.whole(-1, 1));
      const size = this.#chance.whole(1, 100_000) * (this.#chance.next() < 0.5 ? -1 : 1);
      const micros = Math.floor(from + (nowMicros - from) * (i / count));
      this.log.append(Math.max(newest, micros), ticks, size);
    }
  }

  /** Crowds more trades into a second of the past; ids of all older trades are lower from then on. */
  crowd(second: number, trades: number): void {
    const index = this.#past.indexAt((second + 1) * 1e6);
    this.#past.crowd({ second, trades });
    this.#ids.addBefore(index, trades);
  }

  /** Skips `count` trade ids: the next trade's id is that much higher. */
  skipIds(count: number): void {
    this.#ids.raise(this.log.end, count);
  }

  /** Lets `count` ids of the past never exist: those of the trades before `micros` are that much lower. */
  skipPastIds(count: number, micros: number): void {
    this.#ids.lower(this.#past.indexAt(micros), count);
  }

  tradeId(index: number): number {
    return this.#ids.of(index);
  }

  /** The oldest index kept; of a long past it takes a while at first. */
  get first(): number {
    return this.#hasPast ? this.#past.first : this.log.first;
  }

  /** One past the newest index. */
  get end(): number {
    return this.log.end;
  }

  /** Whether the trade of this index happened and is kept. */
  has(index: number): boolean {
    if (index >= 0) return index >= this.log.first && index < this.log.end;
    return this.#hasPast && this.#past.has(index);
  }

  /** Epoch microseconds. */
  micros(index: number): number {
    return index < 0 ? this.#past.micros(index) : this.log.micros(index);
  }

  /** The price in quote increments. */
  ticks(index: number): number {
    return index < 0 ? this.#past.ticks(index) : this.log.ticks(index);
  }

  /** The size in base increments; negative when the maker sold (the taker bought). */
  signedSize(index: number): number {
    return index < 0 ? this.#past.signedSize(index) : this.log.signedSize(index);
  }

  /** The first index whose time is at or after `micros`; `end` when there is none. */
  indexAt(micros: number): number {
    if (this.#hasPast && micros < this.options.startMicros) return this.#past.indexAt(micros);
    return this.log.indexAt(micros);
  }

  /** The newest price, in ticks. */
  lastTicks(): number {
    const newest = this.end - 1;
    return this.has(newest) ? this.ticks(newest) : this.#live.ticks;
  }

  /** Whether live trades older than `micros` are kept, enough of them to be worth freeing. */
  keepsTradesBefore(micros: number): boolean {
    return this.log.canDropBefore(this.log.indexAt(micros));
  }

  /** Frees trades before `micros`. */
  forgetBefore(micros: number): void {
    this.log.dropBefore(this.log.indexAt(micros));
  }

  /** The past goes with the first freed trade, so that a listing never has a hole. */
  get #hasPast(): boolean {
    return this.log.first === 0;
  }
}
