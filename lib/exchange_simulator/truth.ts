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
 * Every trade the exchange ever made, sent or not: what a client's candles must equal. It knows
 * nothing of how the REST side makes its candles.
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
    let bucket: number[] = [];
    let start = -1;
    for (let i = first; i <= end; i++) {
      const seconds = i === end ? Infinity : Math.floor(market.log.micros(i) / 1e6);
      const its = i === end ? Infinity : seconds - (seconds % granularitySeconds);
      if (its !== start && bucket.length > 0) {
        candles.push(candle(market, start, bucket));
        bucket = [];
      }
      start = its;
      bucket.push(i);
    }
    return candles;
  }

  #market(productId: string): Market {
    const listing = this.#exchange.listings.get(productId);
    if (!listing) throw new RangeError(`there is no product ${productId}`);
    listing.market.recallAll();
    return listing.market;
  }
}

function indexes({ log }: Market, { from, to }: TruthRange): [first: number, end: number] {
  return [
    from === undefined ? log.first : log.indexAt(from * 1e6),
    to === undefined ? log.end : log.indexAt(to * 1e6),
  ];
}

function candle(market: Market, start: number, indexes: readonly number[]): TruthCandle {
  const { log, profile: { priceDecimals, sizeDecimals } } = market;
  let high = 0n;
  let low = 0n;
  let volume = 0n;
  let quoteVolume = 0n;
  let buyVolume = 0n;
  for (const i of indexes) {
    const price = BigInt(log.ticks(i));
    const signed = BigInt(log.signedSize(i));
    const size = signed < 0n ? -signed : signed;
    if (price > high) high = price;
    if (low === 0n || price < low) low = price;
    volume += size;
    quoteVolume += price * size;
    if (signed < 0n) buyVolume += size;
  }
  const first = indexes[0] ?? 0;
  const last = indexes.at(-1) ?? 0;
  return {
    start,
    open: shortestDecimal(log.ticks(first), priceDecimals),
    high: shortestDecimal(high, priceDecimals),
    low: shortestDecimal(low, priceDecimals),
    close: shortestDecimal(log.ticks(last), priceDecimals),
    volume: shortestDecimal(volume, sizeDecimals),
    quoteVolume: shortestDecimal(quoteVolume, priceDecimals + sizeDecimals),
    buyVolume: shortestDecimal(buyVolume, sizeDecimals),
    trades: indexes.length,
    firstTradeId: market.tradeId(first),
    lastTradeId: market.tradeId(last),
  };
}
