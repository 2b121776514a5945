import type { Candle } from "../../lib/candles/candle.ts";
import { candleKey } from "../../lib/candles/candle.ts";
import type { CandleMessage } from "../../lib/candles/candle_message.ts";
import { GRANULARITIES } from "../../lib/candles/granularity.ts";
import { FeedQueue } from "../../lib/coinbase/feed_queue.ts";
import { parseMessage } from "../../lib/coinbase/messages.ts";
import { QuietLog, silentLog } from "../../lib/coinbase/quiet_log.ts";
import { Ingest } from "../../lib/ingest.ts";
import { logger } from "../../lib/log.ts";
import { createMetrics } from "../../lib/metrics/metrics.ts";
import { FakeArchive } from "../../lib/repair/fake_archive.ts";
import { Hub } from "../../lib/stream/hub.ts";
import { FakeClock } from "../../lib/time/fake_clock.ts";
import { Cost, turn } from "./usage.ts";
import type { GrowthPoint } from "./curve.ts";
import { SteadyMarket } from "./market.ts";

/** The measurements for one number of products. */
export interface PipelinePoints {
  /** Per trade. */
  readonly trade: GrowthPoint;
  /** Per frame that the one client got. */
  readonly event: GrowthPoint;
}

/** Every bucket has just begun then, so that a start has little to fetch. */
const BEGIN_MS = Date.UTC(2026, 3, 7) + 5_000;
const STEP_MS = 20;
const WARM_UP_MS = 70_000;

/**
 * Drives frames of `products` products through reading, merging, publishing, repair and hub to one client that takes
 * everything, in one process, as fast as it goes: time is the bench's own. A wait is the time that 20 ms of the
 * exchange's time took in all. Work that the app slices by the clock (closes) is in one piece here, so that waits are
 * an upper bound.
 */
export async function measurePipeline(
  count: number,
  perSecond: number,
  seconds: number,
): Promise<PipelinePoints> {
  const clock = new FakeClock(BEGIN_MS);
  const market = new SteadyMarket(count, perSecond, clock);
  const metrics = createMetrics();
  const archive = new FakeArchive();
  let batch: CandleMessage[] = [];
  let stored: Candle[] = [];
  let sequence = 0;
  const hub = new Hub({
    source: {
      bounds: () => Promise.resolve({ first: 1, last: 0 }),
      history: async function* () {},
      current: () => Promise.resolve([]),
    },
    maxStreams: 1,
    maxStreamsPerAddress: 1,
    clock,
  });
  await hub.start();
  const ingest = new Ingest({
    config: {
      closeGraceMs: 2_000,
      liveIntervalMs: 250,
      repairMaxTrades: 100_000,
      exactDays: 0,
      backfillDays: 0,
      retentionDays: new Map(),
    },
    bus: {
      publishLive: (key, bytes) => void batch.push({ key, bytes, sequence: null }),
      putCurrent() {},
      currentSettled: () => Promise.resolve(),
    },
    closed: {
      pending: 0,
      enqueue: (candle, bytes) => {
        const key = candleKey(candle.productId, candle.granularity);
        batch.push({ key, bytes, sequence: ++sequence });
        stored.push(candle);
      },
    },
    exchange: market,
    granularities: [],
    onHistory: () => {},
    repairs: archive,
    metrics,
    log: logger("bench"),
    clock,
    random: () => 0,
    wanted: () => 0,
    readKnown: (productIds) => Promise.resolve(archive.known(productIds)),
  });
  const feed = new FeedQueue(10_000_000, new QuietLog(silentLog, clock));
  await ingest.restore(market.products);
  const running = ingest.run(feed);
  const stream = hub.connect({
    subscription: { products: "*", granularities: GRANULARITIES, closedOnly: false },
    lastEventId: null,
    address: "bench",
  });
  if (stream.kind !== "stream") throw new Error(`refused: ${stream.reason}`);
  void stream.body.pipeTo(new WritableStream());

  let trades = 0;
  const step = async (nowMs: number, cost: Cost) => {
    const frames = market.frames(nowMs % 1_000 === 0);
    await cost.of(async () => {
      for (const { connection, texts } of frames) {
        const products = market.of(connection);
        for (const text of texts) {
          const message = parseMessage(text);
          if (message.kind === "trades") {
            trades += message.trades.length;
            const { timestampMs } = message;
            const { trades: list } = message;
            feed.emit(
              { kind: "trades", connection, snapshot: false, timestampMs, trades: list },
              products,
            );
          } else if (message.kind === "heartbeat") {
            const { timeMs } = message;
            feed.emit({ kind: "heartbeat", connection, timeMs, products }, products);
          } else throw new Error(`not a frame: ${text}`);
        }
      }
      await clock.pass(STEP_MS);
      const [messages, kept] = [batch, stored];
      [batch, stored] = [[], []];
      if (messages.length > 0) hub.deliver(messages);
      for (const candle of kept) ingest.onStored(candle);
      await turn();
    });
  };
  const unmeasured = new Cost();
  for (let ms = 0; ms < WARM_UP_MS; ms += STEP_MS) await step(ms, unmeasured);
  const before = { trades, frames: hub.stats().framesSent };
  const cost = new Cost();
  for (let ms = 0; ms < seconds * 1_000; ms += STEP_MS) await step(ms, cost);
  const points = {
    trade: cost.point(count, trades - before.trades),
    event: cost.point(count, hub.stats().framesSent - before.frames),
  };
  feed.end();
  await running;
  hub.close();
  metrics.close();
  return points;
}
