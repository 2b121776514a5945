import { Aggregator } from "../candles/aggregator.ts";
import { type Candle, compareStates } from "../candles/candle.ts";
import { epochSeconds, GRANULARITY_SECONDS, isGranularity } from "../candles/granularity.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { openTradeFeed } from "../coinbase/feed.ts";
import { openExchangeRest } from "../coinbase/rest.ts";
import { agrees, type ExchangeCandle } from "../exchange/exchange_candle.ts";
import type { FeedEvent } from "../exchange/feed_event.ts";
import type { TradesQuery } from "../exchange/trade_source.ts";
import { type Answer, Evidence } from "./evidence.ts";
import { CLOSE_GRACE_MS } from "./heartbeats.ts";
import type { Recording } from "./recording.ts";
import { serveFrames } from "./replayed_feed.ts";

/** What the program makes of a recording. */
export interface Replay {
  /** Trades that the feed brought, and that listings brought. */
  readonly streamed: number;
  readonly listed: number;
  /** What was not understood, by reason. */
  readonly dropped: ReadonlyMap<string, number>;
  /** Messages that the feed missed, by reason. */
  readonly losses: ReadonlyMap<string, number>;
  /** Runs of trade ids that stayed unknown. */
  readonly gaps: number;
  readonly closed: number;
  readonly exact: number;
  /** Exact candles of which the exchange's own is in the recording. */
  readonly compared: number;
  readonly different: readonly { readonly ours: Candle; readonly exchanges: ExchangeCandle }[];
}

const NOWHERE = "http://127.0.0.1/replayed";

/**
 * Runs a recording through the product's own feed, REST reader and merge of trades, offline: the frames come over a
 * WebSocket on loopback, the answers from the file.
 */
export async function replay(recording: Recording): Promise<Replay> {
  const evidence = new Evidence(recording);
  const dropped = new Map<string, number>();
  const onDropped = (reason: string, count: number) => add(dropped, reason, count);
  const merge = new Merge(evidence);
  const losses = await replayFrames(evidence, merge, onDropped);
  const exchanges = await replayAnswers(evidence, merge, onDropped);
  return { ...merge.outcome(exchanges), dropped, losses };
}

async function replayFrames(
  { frames, products }: Evidence,
  merge: Merge,
  onDropped: (reason: string, count: number) => void,
): Promise<ReadonlyMap<string, number>> {
  const losses = new Map<string, number>();
  const main = frames.filter(({ connection }) => connection === "main");
  if (main.length === 0) return losses;
  await using server = serveFrames(main.map(({ text }) => text));
  const feed = openTradeFeed({
    url: server.url,
    products,
    productsPerConnection: Math.max(1, products.length),
    // The whole recording arrives within moments, so the queue has room for all of it.
    capacity: 1_000_000,
    onDropped,
  });
  try {
    for await (const event of feed) {
      merge.take(event);
      if (event.kind === "loss" && event.reason !== "disconnected") add(losses, event.reason, 1);
      if (event.kind === "connection" && event.state === "closed") break;
    }
  } finally {
    await feed.close();
  }
  return losses;
}

/** Requests all listings and candles again, as in the recording; answers with the exchange's candles. */
async function replayAnswers(
  { answers }: Evidence,
  merge: Merge,
  onDropped: (reason: string, count: number) => void,
): Promise<readonly ExchangeCandle[]> {
  const exchanges: ExchangeCandle[] = [];
  let answer: Answer | null = null;
  const rest = openExchangeRest({
    url: NOWHERE,
    requestsPerSecond: 1_000_000,
    timings: { attempts: 1 },
    onDropped,
    fetch: () =>
      Promise.resolve(
        new Response(answer?.body ?? null, { status: 200, headers: { ...answer?.headers } }),
      ),
  });
  for (answer of answers) {
    const { product, query, status, path } = answer;
    if (status !== 200 || product === null) continue;
    const granularity = query.get("granularity");
    try {
      if (path.includes("/ticker")) {
        merge.list(product, (await rest.trades(product, readQuery(query))).trades);
      } else if (isGranularity(granularity)) {
        const start = epochSeconds(Number(query.get("start")));
        const end = epochSeconds(Number(query.get("end")) + GRANULARITY_SECONDS[granularity]);
        exchanges.push(...await rest.candles(product, granularity, start, end));
      }
    } catch {
      onDropped("answer", 1);
    }
  }
  return exchanges;
}

function readQuery(query: URLSearchParams): TradesQuery {
  const [start, end, limit] = ["start", "end", "limit"].map((name) => query.get(name));
  return {
    limit: Number(limit ?? 1),
    ...(start == null ? {} : { start: Number(start) }),
    ...(end == null ? {} : { end: Number(end) }),
  };
}

/** The trades as candles, as the product merges them. */
class Merge {
  readonly #aggregator = new Aggregator(CLOSE_GRACE_MS, () => {});
  readonly #closed = new Map<string, Candle>();
  #streamed = 0;
  #listed = 0;

  constructor({ products }: Evidence) {
    this.#aggregator.follow(products);
  }

  take(event: FeedEvent): void {
    if (event.kind === "trades") {
      this.#streamed += event.trades.length;
      const touched = new Set<ProductAggregator>();
      this.#aggregator.merge(event.trades, true, touched);
      for (const product of touched) this.#close(product);
    } else if (event.kind === "heartbeat") {
      for (const productId of event.products) {
        const product = this.#aggregator.get(productId);
        if (product === null) continue;
        product.advance(event.timeMs);
        this.#close(product);
      }
    }
  }

  /** Trades of one listing, ascending: between two neighbours there are no others. */
  list(
    productId: Candle["productId"],
    trades: Awaited<ReturnType<ReturnType<typeof openExchangeRest>["trades"]>>["trades"],
  ): void {
    const product = this.#aggregator.get(productId);
    if (product === null) return;
    this.#listed += trades.length;
    for (const trade of trades) product.merge(trade, false);
    trades.forEach((trade, i) => {
      const before = trades[i - 1];
      if (before !== undefined) product.bridge(before.tradeId, trade.tradeId);
    });
    this.#close(product);
  }

  outcome(exchanges: readonly ExchangeCandle[]): Omit<Replay, "dropped" | "losses"> {
    const exact = [...this.#closed.values()].filter((candle) => candle.exact);
    const byKey = new Map(exchanges.map((candle) => [key(candle), candle]));
    const pairs = exact.flatMap((ours) => {
      const exchange = byKey.get(key(ours));
      return exchange === undefined ? [] : [{ ours, exchanges: exchange }];
    });
    return {
      streamed: this.#streamed,
      listed: this.#listed,
      gaps: [...this.#aggregator.all()].reduce(
        (sum, { productId }) => sum + (this.#aggregator.get(productId)?.gaps().length ?? 0),
        0,
      ),
      closed: this.#closed.size,
      exact: exact.length,
      compared: pairs.length,
      different: pairs.filter(({ ours, exchanges }) => !agrees(ours, exchanges)),
    };
  }

  #close(product: ProductAggregator): void {
    for (const candle of product.takeClosed()) {
      const held = this.#closed.get(key(candle));
      if (held === undefined || compareStates(candle, held) >= 0) {
        this.#closed.set(key(candle), candle);
      }
    }
  }
}

function key({ productId, granularity, start }: ExchangeCandle): string {
  return `${productId}.${granularity}.${start}`;
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
