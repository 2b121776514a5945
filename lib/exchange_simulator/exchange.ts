import { SimulatedCandles } from "./simulated_candles.ts";
import { CandlePast } from "./candle_past.ts";
import { Market } from "./market.ts";
import { MinuteTables } from "./minute_table.ts";
import { productIds, productProfile, tradeRates } from "./product_profile.ts";

export interface ExchangeOptions {
  readonly seed: number;
  readonly products: number | readonly string[];
  readonly tradesPerSecond: number;
  readonly historyHours: number;
  readonly historyDays: number;
  /** How long trades are kept, in exchange hours. */
  readonly retainHours: number;
  /** Also list what a client must leave alone: `-USDC` twins, dead and hidden products. */
  readonly extraListings: boolean;
}

/** One product: its market, its candles, and what they are made of before the trades begin. */
export interface Listing {
  readonly market: Market;
  readonly past: CandlePast;
  readonly candles: SimulatedCandles;
  /** Listed after the start: it has no history. */
  readonly isNew: boolean;
}

/** The matching engine: all listings, and the time up to which they have traded. */
export class Exchange {
  readonly listings = new Map<string, Listing>();
  tradesMade = 0;
  readonly #options: ExchangeOptions;
  readonly #tables = new MinuteTables();
  /** `BTC-USDC` → `BTC-USD`, whose trades it shares. */
  readonly twins = new Map<string, string>();
  #nextToForget = 0;

  constructor(options: ExchangeOptions, startMicros: number) {
    this.#options = options;
    const { products, seed } = options;
    const ids = typeof products === "number" ? productIds(products, seed) : products;
    const rates = tradeRates(ids.length, options.tradesPerSecond);
    const historyMicros = Math.floor((startMicros - options.historyHours * 3600e6) / 60e6) * 60e6;
    ids.forEach((id, i) => this.#open(id, rates[i] ?? 0, startMicros, historyMicros));
    if (!options.extraListings) return;
    for (const id of ids.slice(0, 3)) {
      if (id.endsWith("-USD")) this.twins.set(`${id}C`, id);
    }
  }

  /** The product whose trades a subscription to `id` brings; null for what does not trade. */
  canonical(id: string): string | null {
    const own = this.twins.get(id) ?? id;
    return this.listings.get(own)?.market.online ? own : null;
  }

  /** Lets every market trade up to `nowMicros`. */
  advanceTo(nowMicros: number): void {
    for (const { market } of this.listings.values()) this.tradesMade += market.advanceTo(nowMicros);
    if (Number.isFinite(this.#options.retainHours)) this.#forgetOne(nowMicros);
  }

  /** Lets all that trade now do so `factor` times as often as they began. */
  setPace(factor: number, nowMicros: number): void {
    this.advanceTo(nowMicros);
    for (const { market } of this.listings.values()) market.setPace(factor);
  }

  /** Starts a market without a past; a delisted product of that name comes back as it was. */
  list(productId: string, tradesPerSecond: number, nowMicros: number): void {
    const known = this.listings.get(productId);
    if (known) known.market.online = true;
    else this.#open(productId, tradesPerSecond, nowMicros, nowMicros, true);
  }

  #open(id: string, rate: number, startMicros: number, historyMicros: number, isNew = false) {
    const { seed, historyDays } = this.#options;
    const profile = productProfile(id, seed);
    const minute = Math.floor(historyMicros / 60e6) * 60e6;
    const market = new Market(profile, {
      seed,
      tradesPerSecond: rate,
      startMicros,
      historyMicros: minute,
      hasPast: !isNew,
    });
    const past = new CandlePast(profile, seed, Math.floor(startMicros / 1e6), rate);
    const candles = new SimulatedCandles(market, past, this.#tables, isNew ? 0 : historyDays);
    this.listings.set(id, { market, past, candles, isNew });
  }

  /** One product a step: taking in the candles of what goes may mean recalling its past first. */
  #forgetOne(nowMicros: number): void {
    const before = nowMicros - this.#options.retainHours * 3600e6;
    const all = [...this.listings.values()];
    const listing = all[this.#nextToForget++ % all.length];
    if (!listing?.market.keepsTradesBefore(before)) return;
    listing.candles.fold();
    listing.market.forgetBefore(before);
  }
}
