import { SimulatedCandles } from "./simulated_candles.ts";
import { Market } from "./market.ts";
import { MinuteTables } from "./minute_table.ts";
import { PastMinutes } from "./past_minutes.ts";
import { productIds, productProfile, tradeRates } from "./product_profile.ts";

const DAY = 86_400;

export interface ExchangeOptions {
  readonly seed: number;
  readonly products: number | readonly string[];
  readonly tradesPerSecond: number;
  /** Before the start, of all products together. */
  readonly pastTradesPerSecond: number;
  readonly historyHours: number;
  readonly historyDays: number;
  /** How long trades are kept, in exchange hours. */
  readonly retainHours: number;
  /** Also list what a client must leave alone: `-USDC` twins, dead and hidden products. */
  readonly extraListings: boolean;
}

/** One product: its market, its candles, and its past before the start. */
export interface Listing {
  readonly market: Market;
  readonly past: PastMinutes;
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
    const pastRates = tradeRates(ids.length, options.pastTradesPerSecond);
    ids.forEach((id, i) => this.#open(id, rates[i] ?? 0, startMicros, pastRates[i] ?? 0));
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
  setFrequency(factor: number, nowMicros: number): void {
    this.advanceTo(nowMicros);
    for (const { market } of this.listings.values()) market.setFrequency(factor);
  }

  /** Starts a market without a past; a delisted product of that name comes back as it was. */
  list(productId: string, tradesPerSecond: number, nowMicros: number): void {
    const known = this.listings.get(productId);
    if (known) known.market.online = true;
    else this.#open(productId, tradesPerSecond, nowMicros, null);
  }

  /** Without a past rate: with no past at all. */
  #open(id: string, rate: number, startMicros: number, pastRate: number | null): void {
    const { seed, historyDays, historyHours } = this.#options;
    const profile = productProfile(id, seed);
    const historySeconds = Math.floor((startMicros / 1e6 - historyHours * 3600) / 60) * 60;
    const firstDay = Math.floor(startMicros / 1e6 / DAY) - historyDays;
    const sinceSeconds = historyDays > 0
      ? Math.min(historySeconds, firstDay * DAY)
      : historySeconds;
    const past = new PastMinutes(profile, {
      seed,
      startMicros,
      sinceSeconds: pastRate === null ? Infinity : sinceSeconds,
      liveTradesPerSecond: rate,
      tradesPerSecond: pastRate ?? 0,
    }, this.#tables);
    const market = new Market(
      profile,
      { seed, tradesPerSecond: rate, startMicros, historySeconds },
      past,
    );
    const candles = new SimulatedCandles(market, past);
    this.listings.set(id, { market, past, candles, isNew: pastRate === null });
  }

  /** Crowds trades into a second of a product's past. Throws a RangeError where there is none. */
  crowd({ market, candles }: Listing, second: number, trades: number): void {
    market.crowd(second, trades);
    candles.forgetPast();
  }

  /** Frees old trades of one product a step, since its candles must be folded first. */
  #forgetOne(nowMicros: number): void {
    const before = nowMicros - this.#options.retainHours * 3600e6;
    const all = [...this.listings.values()];
    const listing = all[this.#nextToForget++ % all.length];
    if (!listing?.market.keepsTradesBefore(before)) return;
    listing.candles.fold();
    listing.market.forgetBefore(before);
  }
}
