import { decimal } from "../../lib/candles/decimal.ts";
import {
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../../lib/candles/granularity.ts";
import { type ProductId, productId } from "../../lib/candles/product.ts";
import type { Trade } from "../../lib/candles/trade.ts";
import type { ExchangeCandle } from "../../lib/exchange/exchange_candle.ts";
import type { TradesAnswer, TradeSource, TradesQuery } from "../../lib/exchange/trade_source.ts";
import type { Clock } from "../../lib/time/clock.ts";

const FIRST_ID = 1_000_000_000;
const PER_CONNECTION = 20;

/**
 * Products that trade at a constant rate: every trade follows from its id, so that any number of products has the same
 * load each, and the past costs no memory.
 */
export class SteadyMarket implements TradeSource {
  readonly products: readonly ProductId[];
  readonly #everyMs: number;
  readonly #fromMs: number;
  readonly #sent: number[];
  readonly #sequences: number[] = [];

  constructor(count: number, perSecond: number, private readonly clock: Clock) {
    this.products = Array.from({ length: count }, (_, at) => productId(`P${at}-USD`));
    this.#everyMs = 1000 / perSecond;
    this.#fromMs = clock.wallMs();
    this.#sent = this.products.map((_, at) => this.#idAfter(at, this.#fromMs));
  }

  /** The feed's frames with the trades up to now that were not sent yet, by connections of twenty products. */
  frames(heartbeats: boolean): { readonly connection: number; readonly texts: string[] }[] {
    const nowMs = this.clock.wallMs();
    const frames: { connection: number; texts: string[] }[] = [];
    for (let from = 0; from < this.products.length; from += PER_CONNECTION) {
      const connection = from / PER_CONNECTION;
      const rows: string[] = [];
      for (let at = from; at < Math.min(from + PER_CONNECTION, this.products.length); at++) {
        const upTo = this.#idAfter(at, nowMs);
        for (let id = this.#sent[at] ?? upTo; id < upTo; id++) rows.push(this.#rowOf(at, id));
        this.#sent[at] = upTo;
      }
      const texts: string[] = [];
      if (rows.length > 0) {
        texts.push(
          this.#frame(connection, nowMs, `"market_trades"`, `{"type":"update","trades":[${rows}]}`),
        );
      }
      if (heartbeats) {
        const time = new Date(nowMs).toISOString();
        texts.push(this.#frame(connection, nowMs, `"heartbeats"`, `{"current_time":"${time}"}`));
      }
      if (texts.length > 0) frames.push({ connection, texts });
    }
    return frames;
  }

  /** A connection's products. */
  of(connection: number): readonly ProductId[] {
    return this.products.slice(connection * PER_CONNECTION, (connection + 1) * PER_CONNECTION);
  }

  trades(id: ProductId, { start = 0, end = Infinity, limit }: TradesQuery): Promise<TradesAnswer> {
    const at = Number(/\d+/.exec(id)?.[0]);
    const nowMs = this.clock.wallMs();
    const to = this.#idAfter(at, Math.min(end * 1000, nowMs) + 1);
    const from = Math.max(this.#idAfter(at, start * 1000), to - limit, FIRST_ID);
    const trades = Array.from(
      { length: Math.max(0, to - from) },
      (_, n) => this.#trade(at, from + n),
    );
    return Promise.resolve({ trades, answeredAtMs: nowMs, unreadable: 0 });
  }

  /** Placeholders, which do not match the trades. */
  candles(
    id: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
  ): Promise<readonly ExchangeCandle[]> {
    const seconds = GRANULARITY_SECONDS[granularity];
    const price = decimal("100");
    const candles: ExchangeCandle[] = [];
    for (let at: number = start; at < Math.min(end, this.clock.wallMs() / 1000); at += seconds) {
      candles.push({
        productId: id,
        granularity,
        start: epochSeconds(at),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: price,
      });
    }
    return Promise.resolve(candles);
  }

  /** The id of the first trade at or after an instant. */
  #idAfter(at: number, ms: number): number {
    return FIRST_ID + 86_400_000 +
      Math.ceil((ms - this.#fromMs - this.#offsetMs(at)) / this.#everyMs);
  }

  #timeMs(at: number, id: number): number {
    return this.#fromMs + this.#offsetMs(at) + (id - FIRST_ID - 86_400_000) * this.#everyMs;
  }

  /** Products do not trade at the same instants. */
  #offsetMs(at: number): number {
    return at * 0.618_033_988_7 % 1 * this.#everyMs;
  }

  #trade(at: number, id: number): Trade {
    return {
      productId: this.products[at] ?? productId("NONE-USD"),
      tradeId: id,
      price: decimal(priceOf(id)),
      size: decimal(sizeOf(id)),
      side: id % 2 === 0 ? "BUY" : "SELL",
      timeMs: Math.floor(this.#timeMs(at, id)),
    };
  }

  #rowOf(at: number, id: number): string {
    const time = new Date(Math.floor(this.#timeMs(at, id))).toISOString();
    return `{"trade_id":"${id}","product_id":"${this.products[at]}","price":"${priceOf(id)}",` +
      `"size":"${sizeOf(id)}","side":"${id % 2 === 0 ? "BUY" : "SELL"}","time":"${time}"}`;
  }

  #frame(connection: number, nowMs: number, channel: string, event: string): string {
    const sequence = this.#sequences[connection] = (this.#sequences[connection] ?? -1) + 1;
    return `{"channel":${channel},"client_id":"","timestamp":"${new Date(nowMs).toISOString()}",` +
      `"sequence_num":${sequence},"events":[${event}]}`;
  }
}

function priceOf(id: number): string {
  return (100 + id * 48_271 % 1_000 / 100).toFixed(2);
}

function sizeOf(id: number): string {
  return (0.01 + id * 16_807 % 100_000_000 / 1e8).toFixed(8);
}
