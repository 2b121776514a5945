import type { ProductId } from "../candles/product.ts";
import type { FeedEvent } from "../exchange/feed_event.ts";
import { type Clock, every } from "../time/clock.ts";
import type { Brought, Chance, FakeMarket, MarketTrade } from "./fake_market.ts";

const FRAME_MS = 250;
/** As many trades as a snapshot holds. */
const SNAPSHOT_TRADES = 50;

/** The feed's behaviour; a test may change it at any time. Rates are probabilities per frame. */
export interface FeedFaults {
  connected: boolean;
  lost: number;
  repeated: number;
  late: number;
}

/** For tests: an exchange's feed on one connection, a frame every 250 ms, trades within in no order. */
export class FakeTradeFeed implements AsyncIterable<FeedEvent> {
  readonly #events: FeedEvent[] = [];
  readonly #stop: () => void;
  #wake = Promise.withResolvers<void>();
  #closed = false;
  #open = false;
  #sentToMs = 0;
  #held: FeedEvent | null = null;
  #frames = 0;

  constructor(
    private readonly market: FakeMarket,
    private readonly clock: Clock,
    private readonly faults: FeedFaults,
    private readonly chance: Chance,
    private readonly brought: Brought,
  ) {
    this.#stop = every(clock, FRAME_MS, () => this.#tick());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FeedEvent> {
    while (!this.#closed) {
      yield* this.#events.splice(0);
      if (this.#events.length > 0) continue;
      this.#wake = Promise.withResolvers();
      if (!this.#closed) await this.#wake.promise;
    }
  }

  close(): void {
    this.#stop();
    this.#closed = true;
    this.#wake.resolve();
  }

  #tick(): void {
    if (!this.faults.connected) {
      if (this.#open) this.#emit(this.#loss("disconnected"));
      this.#open = false;
      this.#held = null;
      return;
    }
    const nowMs = this.clock.wallMs();
    if (!this.#open) this.#emit(this.#snapshot(nowMs));
    else this.#update(nowMs);
    this.#open = true;
    this.#sentToMs = nowMs;
    if (++this.#frames % 4 === 0) {
      this.#emit({ kind: "heartbeat", connection: 0, timeMs: nowMs, products: this.#products });
    }
  }

  #update(nowMs: number): void {
    const { lost, repeated, late } = this.faults;
    const held = this.#held;
    this.#held = null;
    const trades = this.#products.flatMap((id) => this.market.between(id, this.#sentToMs, nowMs));
    if (trades.length > 0) {
      const frame = this.#frame(nowMs, false, trades);
      if (this.chance() < lost) this.#emit(this.#loss("sequence"));
      else if (this.chance() < late) this.#held = frame;
      else this.#emit(frame);
      if (this.chance() < repeated) this.#emit(frame);
    }
    if (held !== null) this.#emit(held);
  }

  #snapshot(nowMs: number): FeedEvent {
    const trades = this.#products.flatMap((id) =>
      this.market.between(id, 0, nowMs).slice(-SNAPSHOT_TRADES)
    );
    return this.#frame(nowMs, true, trades);
  }

  #frame(timestampMs: number, snapshot: boolean, trades: readonly MarketTrade[]): FeedEvent {
    const shuffled = trades.map((trade) => ({ trade, at: this.chance() }))
      .sort((a, b) => a.at - b.at).map(({ trade }) => trade);
    return { kind: "trades", connection: 0, snapshot, timestampMs, trades: shuffled };
  }

  #loss(reason: "disconnected" | "sequence"): FeedEvent {
    return { kind: "loss", connection: 0, products: this.#products, reason };
  }

  get #products(): readonly ProductId[] {
    return this.market.products;
  }

  #emit(event: FeedEvent): void {
    if (event.kind === "trades") this.brought.add(event.trades);
    this.#events.push(event);
    this.#wake.resolve();
  }
}
