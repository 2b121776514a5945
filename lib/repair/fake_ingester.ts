import type { Candle } from "../candles/candle.ts";
import { GRANULARITIES, type Granularity } from "../candles/granularity.ts";
import { decodeCandle } from "../candles/wire.ts";
import { Ingest } from "../ingest.ts";
import type { ClosedSink } from "../ingest/parts.ts";
import { logger } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Clock } from "../time/clock.ts";
import { type FakeArchive, keyOf } from "./fake_archive.ts";
import type { FakeMarket } from "./fake_market.ts";
import type { FakeTradeFeed } from "./fake_trade_feed.ts";
import type { FakeTradeSource } from "./fake_trade_source.ts";

const UTF8 = new TextDecoder();
const PUBLISH_MS = 10;
const DATABASE_LOOK_MS = 1_000;

/** A process's clock: its timers die with it. */
export class MortalClock implements Clock {
  alive = true;

  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now();
  }

  wallMs(): number {
    return this.clock.wallMs();
  }

  after(delayMs: number, run: () => void): () => void {
    return this.clock.after(delayMs, () => this.alive && run());
  }
}

/** What an ingester is started with. */
export interface IngesterParts {
  readonly clock: MortalClock;
  readonly market: FakeMarket;
  readonly archive: FakeArchive;
  readonly source: FakeTradeSource;
  readonly metrics: Metrics;
  readonly repairMaxTrades: number;
  readonly exactDays: number;
  readonly backfillDays: number;
  readonly queueCapacity: number;
  readonly retentionDays: ReadonlyMap<Granularity, number>;
  openFeed(): FakeTradeFeed;
}

/** For tests: an `Ingest` in a simulated process, which is closed or killed; what it leaves is in the archive. */
export class FakeIngester {
  readonly ingest: Ingest;
  readonly #parts: IngesterParts;
  readonly #publisher: FakePublisher;
  #feed: FakeTradeFeed | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: IngesterParts) {
    const { clock, archive, source, metrics, queueCapacity } = parts;
    const { repairMaxTrades, exactDays, backfillDays, retentionDays } = parts;
    this.#parts = parts;
    this.#publisher = new FakePublisher(archive, clock, queueCapacity, {
      onStored: (candle) => this.ingest.onStored(candle),
      onConflict: (candle) => this.ingest.onConflict(candle),
      onOverflow: (candle) => this.ingest.onOverflow(candle),
    });
    archive.pending = () => this.#publisher.pending;
    this.ingest = new Ingest({
      config: {
        closeGraceMs: 2_000,
        liveIntervalMs: 250,
        repairMaxTrades,
        exactDays,
        backfillDays,
        retentionDays,
      },
      bus: {
        publishLive: () => {},
        putCurrent: (_key, bytes) => {
          const candle = decodeCandle(UTF8.decode(bytes));
          if (clock.alive && candle !== null) archive.current.set(keyOf(candle), candle);
        },
        currentSettled: () => Promise.resolve(),
      },
      closed: this.#publisher,
      exchange: source,
      granularities: GRANULARITIES,
      onHistory: () => {},
      repairs: archive,
      metrics,
      log: logger("test"),
      clock,
      random: () => 0,
      wanted: () => 0,
      readKnown: (productIds) => Promise.resolve(archive.known(productIds)),
    });
  }

  /** Restores what earlier ones left, then follows the feed. */
  async start(): Promise<void> {
    const { archive, market } = this.#parts;
    const isPastRead = !archive.databaseDown;
    await this.ingest.restore(market.products);
    if (!isPastRead) this.#learnLater();
    this.#feed = this.#parts.openFeed();
    this.#running = this.ingest.run(this.#feed);
  }

  /** Ends in order: what waits is published. The clock must advance until it resolves. */
  async close(): Promise<void> {
    this.#feed?.close();
    await this.#running;
    await this.ingest.close();
    await this.#publisher.idle();
    this.#parts.clock.alive = false;
  }

  /** Ends as `kill -9` ends a process. */
  async kill(): Promise<void> {
    this.#parts.clock.alive = false;
    this.#feed?.close();
    await this.#running;
  }

  #learnLater(): void {
    const { archive, clock } = this.#parts;
    clock.after(DATABASE_LOOK_MS, () => {
      if (archive.databaseDown) this.#learnLater();
      else this.ingest.learn(archive.past());
    });
  }
}

interface PublisherEvents {
  onStored(candle: Candle): void;
  onConflict(candle: Candle): void;
  onOverflow(candle: Candle): void;
}

/** Closed candles that are being published to the archive; each arrives there a little before its acknowledgement. */
class FakePublisher implements ClosedSink {
  readonly #queue: Candle[] = [];
  #underWay = 0;
  #scheduled = false;
  #idle = Promise.withResolvers<void>();

  constructor(
    private readonly archive: FakeArchive,
    private readonly clock: Clock,
    private readonly capacity: number,
    private readonly events: PublisherEvents,
  ) {}

  get pending(): number {
    return this.#queue.length + this.#underWay;
  }

  enqueue(candle: Candle): void {
    if (this.#queue.length >= this.capacity) return this.events.onOverflow(candle);
    this.#queue.push(candle);
    this.#schedule();
  }

  async idle(): Promise<void> {
    if (this.pending === 0) return;
    this.#idle = Promise.withResolvers();
    await this.#idle.promise;
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    this.clock.after(PUBLISH_MS, () => this.#publish());
  }

  #publish(): void {
    const sent = this.#queue.splice(0).map((candle) => ({
      candle,
      outcome: this.archive.append(candle),
    }));
    this.#underWay = sent.length;
    this.clock.after(PUBLISH_MS, () => {
      this.#underWay = 0;
      this.#scheduled = false;
      for (const { candle, outcome } of sent) {
        if (outcome === "conflict") this.events.onConflict(candle);
        else this.events.onStored(candle);
      }
      this.#schedule();
      if (this.pending === 0) this.#idle.resolve();
    });
  }
}
