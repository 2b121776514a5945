import type { Exchange } from "./exchange.ts";
import { shortestDecimal } from "./fixed_point.ts";
import type { Market } from "./market.ts";
import { type WireTrade, wireTrade } from "./trade_text.ts";

/**
 * A trade as a row for SQL: product_id, trade_id, price, size, side (the maker's), time (ISO).
 * All of it text, so that `numeric` sees every digit.
 */
export type TruthRow = readonly [
  productId: string,
  tradeId: string,
  price: string,
  size: string,
  side: string,
  time: string,
];

/** A candle made of the trades alone; decimals in their shortest form, `start` in epoch seconds. */
export interface TruthCandle {
  readonly start: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly quoteVolume: string;
  /** Volume of the trades whose taker bought, which are those whose maker sold. */
  readonly buyVolume: string;
  readonly trades: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
}

/** Epoch seconds, `from` inclusive and `to` exclusive; all trades without them. */
export interface TruthRange {
  readonly from?: number;
  readonly to?: number;
}

/**
 * Every trade of the exchange, sent or not: the reference for a client's candles. It is independent
 * of the REST side's candles.
 */
export class Truth {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** One product's trades, oldest first. Throws a RangeError for an unknown product. */
  *trades(productId: string, range: TruthRange = {}): Generator<WireTrade> {
    const market = this.#market(productId);
    const [first, end] = indexes(market, range);
    for (let i = first; i < end; i++) yield wireTrade(market, i);
  }

  /** The same as rows, of the products named or of all. */
  *rows(
    productIds: Iterable<string> = this.#exchange.listings.keys(),
    range: TruthRange = {},
  ): Generator<TruthRow> {
    for (const id of productIds) {
      for (const { productId, tradeId, price, size, side, time } of this.trades(id, range)) {
        yield [productId, tradeId, price, size, side, time];
      }
    }
  }

  /** Candles whose start is in [from, to), oldest first; `from` is a whole bucket's start. */
  candles(productId: string, granularitySeconds: number, from: number, to: number): TruthCandle[] {
    const market = this.#market(productId);
    const [first, end] = indexes(market, { from, to });
    const candles: TruthCandle[] = [];
    let sum: CandleSum | null = null;
    for (let i = first; i < end; i++) {
      const seconds = Math.floor(market.micros(i) / 1e6);
      const start = seconds - (seconds % granularitySeconds);
      if (sum === null || sum.start !== start) {
        if (sum) candles.push(sum.candle());
        sum = new CandleSum(market, start, i);
      }
      sum.add(i);
    }
    if (sum) candles.push(sum.candle());
    return candles;
  }

  #market(productId: string): Market {
    const listing = this.#exchange.listings.get(productId);
    if (!listing) throw new RangeError(`there is no product ${productId}`);
    return listing.market;
  }
}

function indexes(market: Market, { from, to }: TruthRange): [first: number, end: number] {
  return [
    from === undefined ? market.first : market.indexAt(from * 1e6),
    to === undefined ? market.end : market.indexAt(to * 1e6),
  ];
}

/** What the trades of one bucket add up to, given one after another. */
class CandleSum {
  readonly #market: Market;
  readonly start: number;
  readonly #firstIndex: number;
  readonly #open: number;
  #lastIndex: number;
  #close: number;
  #high = 0;
  #low = Infinity;
  #volume = 0n;
  #quoteVolume = 0n;
  #buyVolume = 0n;

  constructor(market: Market, start: number, index: number) {
    this.#market = market;
    this.start = start;
    this.#firstIndex = this.#lastIndex = index;
    this.#open = this.#close = market.ticks(index);
  }

  add(index: number): void {
    const ticks = this.#market.ticks(index);
    const signed = this.#market.signedSize(index);
    const size = BigInt(Math.abs(signed));
    this.#lastIndex = index;
    this.#close = ticks;
    this.#high = Math.max(this.#high, ticks);
    this.#low = Math.min(this.#low, ticks);
    this.#volume += size;
    this.#quoteVolume += BigInt(ticks) * size;
    if (signed < 0) this.#buyVolume += size;
  }

  candle(): TruthCandle {
    const { priceDecimals, sizeDecimals } = this.#market.profile;
    const price = (ticks: number) => shortestDecimal(ticks, priceDecimals);
    return {
      start: this.start,
      open: price(this.#open),
      high: price(this.#high),
      low: price(this.#low),
      close: price(this.#close),
      volume: shortestDecimal(this.#volume, sizeDecimals),
      quoteVolume: shortestDecimal(this.#quoteVolume, priceDecimals + sizeDecimals),
      buyVolume: shortestDecimal(this.#buyVolume, sizeDecimals),
      trades: this.#lastIndex - this.#firstIndex + 1,
      firstTradeId: this.#market.tradeId(this.#firstIndex),
      lastTradeId: this.#market.tradeId(this.#lastIndex),
    };
  }
}
