import type { ProductId } from "../candles/product.ts";
import { productId } from "../candles/product.ts";
import type { TradeFeedOptions } from "./feed.ts";
import type { FeedEvent } from "../exchange/feed_event.ts";
import type { TradeFeed } from "../exchange/trade_feed.ts";
import { openTradeFeed } from "./feed.ts";
import { until as soon } from "../../tests/harness/wait.ts";

/** For tests: a feed that collects its own `events`, with short timeouts. */
export class WatchedFeed implements AsyncDisposable {
  readonly events: FeedEvent[] = [];
  readonly dropped: Record<string, number> = {};
  readonly feed: TradeFeed;
  readonly #reading: Promise<void>;

  constructor(options: Pick<TradeFeedOptions, "url" | "products"> & Partial<TradeFeedOptions>) {
    this.feed = openTradeFeed({
      connectsPerSecond: 1000,
      messagesPerSecond: 1000,
      random: () => 0,
      onDropped: (reason, count) => this.dropped[reason] = (this.dropped[reason] ?? 0) + count,
      ...options,
      timings: { backoffMinMs: 20, backoffMaxMs: 200, ...options.timings },
    });
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    for await (const event of this.feed) this.events.push(event);
  }

  /** The events so far as texts, without trades and connecting. */
  get story(): string[] {
    return this.events.flatMap((event) => {
      if (event.kind === "connection") {
        return event.state === "connecting" ? [] : `${event.state} ${event.reason ?? ""}`.trim();
      }
      return event.kind === "loss" ? `lost ${event.reason}` : [];
    });
  }

  get heartbeats(): (readonly ProductId[])[] {
    return this.events.flatMap((event) => event.kind === "heartbeat" ? [event.products] : []);
  }

  get tradeIds(): number[] {
    return this.events.flatMap((event) =>
      event.kind === "trades" ? event.trades.map(({ tradeId }) => tradeId) : []
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.feed.close();
    await this.#reading;
  }
}

/** Waits until a condition holds. Throws when that takes longer than a busy machine explains. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  await soon(what, condition, { everyMs: 5 });
}

/** `P0-USD`, `P1-USD`, … */
export function products(count: number): ProductId[] {
  return Array.from({ length: count }, (_, index) => productId(`P${index}-USD`));
}
