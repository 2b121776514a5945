import type { Exchange, Listing } from "./exchange.ts";
import type { FaultSettings } from "./fault_settings.ts";
import { anyCorruption, CORRUPTIONS, wronglyTimed } from "./garbage.ts";
import type { Market } from "./market.ts";
import type { Random } from "./random.ts";
import type { SimulatorStats } from "./simulator_stats.ts";
import { tradeJson, wireTrade } from "./trade_text.ts";

interface OrderedCorruption {
  readonly productId: string | null;
  readonly kind: string | null;
  left: number;
}

/**
 * New trades as text, each written once however many connections want it. It remembers per
 * product how far it has read, and breaks trades in flight as the faults demand.
 */
export class TradeTape {
  readonly #exchange: Exchange;
  readonly #settings: FaultSettings;
  readonly #random: Random;
  readonly #stats: SimulatorStats;
  readonly #read = new Map<string, number>();
  #ordered: OrderedCorruption | null = null;

  constructor(
    exchange: Exchange,
    settings: FaultSettings,
    random: Random,
    stats: SimulatorStats,
  ) {
    this.#exchange = exchange;
    this.#settings = settings;
    this.#random = random;
    this.#stats = stats;
  }

  /** The next `count` trades (of one product, or of any) are broken; a null kind: in any way. */
  corruptNext(count: number, productId: string | null, kind: string | null): void {
    if (kind !== null && !(kind in CORRUPTIONS)) {
      throw new RangeError(`kind must be one of ${Object.keys(CORRUPTIONS).join(", ")}`);
    }
    this.#ordered = { productId, kind, left: count };
  }

  /** Calls `each` with a product's new trades, newest first, if by `wanted` it has readers. */
  read(wanted: (productId: string) => boolean, each: (id: string, trades: string[]) => void): void {
    for (const [id, listing] of this.#exchange.listings) {
      const end = listing.market.log.end;
      const from = this.#read.get(id) ?? 0;
      if (from === end) continue;
      this.#read.set(id, end);
      if (wanted(id)) each(id, this.#texts(listing.market, from, end));
      this.#maybeSkipIds(listing);
    }
  }

  #texts(market: Market, from: number, end: number): string[] {
    const { corruptTrade, wrongTime } = this.#settings.rates;
    const faulty = corruptTrade > 0 || wrongTime > 0 || this.#ordered !== null;
    const texts: string[] = [];
    for (let i = end - 1; i >= from; i--) {
      texts.push(faulty ? this.#broken(market, i) : tradeJson(wireTrade(market, i)));
    }
    return texts;
  }

  #broken(market: Market, index: number): string {
    const trade = wireTrade(market, index);
    const ordered = this.#ordered;
    if (ordered && (ordered.productId === null || ordered.productId === trade.productId)) {
      if (--ordered.left <= 0) this.#ordered = null;
      this.#stats.fault("corruptTrade");
      const corrupt = ordered.kind === null ? null : CORRUPTIONS[ordered.kind];
      return corrupt ? corrupt(trade) : anyCorruption(trade, this.#random);
    }
    if (this.#random.chance(this.#settings.rates.corruptTrade)) {
      this.#stats.fault("corruptTrade");
      return anyCorruption(trade, this.#random);
    }
    if (this.#random.chance(this.#settings.rates.wrongTime)) {
      this.#stats.fault("wrongTime");
      return wronglyTimed(trade, market.log.micros(index), this.#random);
    }
    return tradeJson(trade);
  }

  #maybeSkipIds({ market }: Listing): void {
    if (!this.#random.chance(this.#settings.rates.skipTradeId)) return;
    const count = this.#random.whole(1, 5);
    market.skipIds(count);
    this.#stats.fault("skipTradeId", count);
  }
}
