import { decimal } from "../candles/decimal.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import { epochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ExchangeCandle } from "../exchange/exchange_candle.ts";
import type { TradesAnswer, TradeSource, TradesQuery, Urgency } from "../exchange/trade_source.ts";
import type { Clock } from "../time/clock.ts";
import { sleep } from "../time/pause.ts";
import type { Brought, Chance, FakeMarket } from "./fake_market.ts";

/** The exchange's behaviour; a test may change it at any time. */
export interface SourceFaults {
  latencyMs: number;
  /** How old a trade is before a listing shows it. */
  lagMs: number;
  /** Most trades in one answer, whatever the limit of the request. */
  pageLimit: number;
  /** Trades before this instant (epoch milliseconds) are not listed. */
  listedFromMs: number;
  /** The chance that a row of an answer cannot be read. */
  unreadable: number;
  /** Whether the next request of a product fails. */
  fails(productId: ProductId): boolean;
}

/** A request, and what was answered. */
export interface SourceRequest {
  readonly atMs: number;
  readonly productId: ProductId;
  /** `end`: only whether the newest trade known is the last. */
  readonly kind: "trades" | "end" | "candles";
  readonly failed: boolean;
  /** Ids of trades that neither the feed nor an earlier answer had brought. */
  readonly fresh: number;
}

/** For tests: an exchange's REST listing, in pages by whole seconds, newest first. */
export class FakeTradeSource implements TradeSource {
  readonly requests: SourceRequest[] = [];
  readonly faults: SourceFaults = {
    latencyMs: 80,
    lagMs: 0,
    pageLimit: 1000,
    listedFromMs: 0,
    unreadable: 0,
    fails: () => false,
  };

  /** `brought`: the ids that the feed or an answer has brought. */
  constructor(
    private readonly market: FakeMarket,
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly brought: Brought,
  ) {}

  async trades(productId: ProductId, query: TradesQuery): Promise<TradesAnswer> {
    const kind = query.start === undefined ? "end" : "trades";
    await this.#wait(productId, kind, query);
    const { lagMs, pageLimit, listedFromMs } = this.faults;
    const fromMs = Math.max((query.start ?? 0) * 1000, listedFromMs);
    const toMs = Math.min((query.end ?? Infinity) * 1000, this.clock.wallMs() - lagMs);
    const most = Math.min(query.limit, pageLimit);
    const listed = this.market.between(productId, fromMs - 1, toMs).slice(-most);
    const trades = listed.filter(() => this.chance() >= this.faults.unreadable);
    this.#log(productId, kind, false, this.brought.add(trades));
    const answeredAtMs = Math.floor(this.clock.wallMs() / 1000) * 1000;
    return { trades, answeredAtMs, unreadable: listed.length - trades.length };
  }

  async candles(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
    urgency: Urgency = {},
  ): Promise<readonly ExchangeCandle[]> {
    await this.#wait(productId, "candles", urgency);
    this.#log(productId, "candles", false, 0);
    const toMs = Math.min(end * 1000 - 1, this.clock.wallMs() - this.faults.lagMs);
    const trades = this.market.between(productId, start * 1000 - 1, toMs);
    const seconds = GRANULARITY_SECONDS[granularity];
    const buckets = Map.groupBy(
      trades,
      ({ timeMs }) => Math.floor(timeMs / 1000 / seconds) * seconds,
    );
    return [...buckets].map(([at, inside]) => {
      const byPrice = inside.toSorted((a, b) => Number(a.cents - b.cents));
      const sats = inside.reduce((sum, trade) => sum + trade.sats, 0n);
      return {
        productId,
        granularity,
        start: epochSeconds(at),
        open: inside[0]?.price ?? decimal("0"),
        high: byPrice.at(-1)?.price ?? decimal("0"),
        low: byPrice[0]?.price ?? decimal("0"),
        close: inside.at(-1)?.price ?? decimal("0"),
        volume: decimal((Number(sats) / 1e8).toFixed(8)),
      };
    });
  }

  async #wait(productId: ProductId, kind: SourceRequest["kind"], urgency: Urgency): Promise<void> {
    const signal = urgency.signal ?? new AbortController().signal;
    signal.throwIfAborted();
    const failed = this.faults.fails(productId);
    await sleep(this.clock, this.faults.latencyMs, signal);
    if (!failed) return;
    this.#log(productId, kind, true, 0);
    throw new Error("429 Too Many Requests");
  }

  #log(productId: ProductId, kind: SourceRequest["kind"], failed: boolean, fresh: number): void {
    this.requests.push({ atMs: this.clock.wallMs(), productId, kind, failed, fresh });
  }
}
