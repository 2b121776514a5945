import assert from "node:assert/strict";
import fc from "fast-check";
import { Aggregator } from "./aggregator.ts";
import type { Candle } from "./candle.ts";
import { compareStates } from "./candle.ts";
import { decimal, formatDecimal } from "./decimal.ts";
import type { Granularity } from "./granularity.ts";
import { bucketStart, GRANULARITIES, GRANULARITY_SECONDS } from "./granularity.ts";
import type { ProductAggregator } from "./product_aggregator.ts";
import { productId } from "./product.ts";
import type { Trade } from "./trade.ts";

const BTC = productId("BTC-USD");
const NOON = Date.UTC(2026, 3, 7, 12);
const FIRST_ID = 1000;

interface TradeSeed {
  readonly gapMs: number;
  readonly cents: number;
  readonly sats: number;
  readonly buys: boolean;
}

const seeds = fc.array(
  fc.record({
    gapMs: fc.oneof(fc.nat(3_000), fc.nat(30_000), fc.nat(200_000)),
    cents: fc.integer({ min: 1, max: 10_000_000 }),
    sats: fc.integer({ min: 1, max: 2_000_000_000 }),
    buys: fc.boolean(),
  }),
  { minLength: 3, maxLength: 60 },
);

/** Contiguous ids, times that never run back, all within 40 minutes after noon. */
function tradesOf(seeds: readonly TradeSeed[]): Trade[] {
  let timeMs = NOON - 90_000;
  const trades: Trade[] = [];
  for (const [index, seed] of seeds.entries()) {
    timeMs = index === 0 ? timeMs : Math.min(Math.max(timeMs + seed.gapMs, NOON), NOON + 2_400_000);
    trades.push({
      productId: BTC,
      tradeId: FIRST_ID + index,
      price: decimal((seed.cents / 100).toFixed(2)),
      size: decimal((seed.sats / 1e8).toFixed(8)),
      side: seed.buys ? "SELL" : "BUY",
      timeMs,
    });
  }
  return trades;
}

/**
 * Expected candles from sorted trades, computed independently of the code under test: whole bigints
 * at scale 10.
 */
function truth(trades: readonly Trade[], granularity: Granularity): Map<number, string> {
  const length = GRANULARITY_SECONDS[granularity];
  const buckets = new Map<number, Trade[]>();
  for (const trade of trades) {
    const start = Math.floor(trade.timeMs / 1000 / length) * length;
    buckets.set(start, [...buckets.get(start) ?? [], trade]);
  }
  const scaled = (text: string, places: number) => {
    const [whole = "0", fraction = ""] = text.split(".");
    return BigInt(whole + fraction.padEnd(places, "0"));
  };
  const plain = (units: bigint, places: number) => {
    const text = units.toString().padStart(places + 1, "0");
    return `${text.slice(0, -places)}.${text.slice(-places)}`.replace(/\.?0+$/, "");
  };
  return new Map([...buckets].map(([start, inside]) => {
    const prices = inside.map((trade) => scaled(formatDecimal(trade.price), 2));
    const sizes = inside.map((trade) => scaled(formatDecimal(trade.size), 8));
    const sum = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n);
    const line = [
      plain(prices[0] ?? 0n, 2),
      plain(prices.reduce((a, b) => a > b ? a : b), 2),
      plain(prices.reduce((a, b) => a < b ? a : b), 2),
      plain(prices[prices.length - 1] ?? 0n, 2),
      plain(sum(sizes), 8),
      plain(sum(sizes.map((size, i) => size * (prices[i] ?? 0n))), 10),
      plain(sum(sizes.filter((_, i) => inside[i]?.side === "SELL")), 8),
      inside.length,
      inside[0]?.tradeId,
      inside[inside.length - 1]?.tradeId,
    ];
    return [start, line.join(" ")];
  }));
}

function lineOf(candle: Candle): string {
  const numbers = [candle.open, candle.high, candle.low, candle.close, candle.volume];
  const counted = [candle.quoteVolume, candle.buyVolume].map((value) =>
    value && formatDecimal(value)
  );
  return [
    ...numbers.map(formatDecimal),
    ...counted,
    candle.trades,
    candle.firstTradeId,
    candle.lastTradeId,
  ].join(" ");
}

/** Runs batches through an aggregator; gives the last published state of every closed candle. */
class Run {
  readonly closed = new Map<string, Candle>();
  readonly outcomes: string[] = [];
  readonly aggregator = new Aggregator(2000, (outcome) => this.outcomes.push(outcome));
  readonly product: ProductAggregator = this.aggregator.of(BTC);

  feed(trades: readonly Trade[], movesTime = true): void {
    this.aggregator.merge(trades, movesTime, new Set());
    this.take();
  }

  take(): void {
    for (const candle of this.product.takeClosed()) {
      const key = `${candle.granularity} ${candle.start}`;
      const held = this.closed.get(key);
      if (held !== undefined) {
        assert.equal(candle.revision, held.revision + 1, "revisions go up by one");
        assert.ok(compareStates(candle, held) > 0, "a later state is higher in the order");
        assert.ok(!held.exact, "an exact candle never changes");
      } else assert.equal(candle.revision, 0);
      this.closed.set(key, candle);
    }
  }

  expectTruth(trades: readonly Trade[], closedThrough: number): void {
    const known = trades.filter((trade) => trade.timeMs >= NOON);
    const newest = trades[trades.length - 1]?.timeMs ?? 0;
    for (const granularity of GRANULARITIES) {
      if (granularity === "ONE_DAY" || granularity === "SIX_HOUR") continue;
      for (const [start, line] of truth(known, granularity)) {
        const end: number = start + GRANULARITY_SECONDS[granularity];
        const candle = this.closed.get(`${granularity} ${start}`);
        if (end > closedThrough) continue;
        assert.ok(candle, `${granularity} ${start} is missing`);
        assert.equal(lineOf(candle), line);
        assert.equal(candle.exact, newest >= end * 1000, `${granularity} ${start} exact`);
      }
    }
  }
}

Deno.test("aggregator - any permutation, duplication and batching of the same trades gives the same candles", () => {
  fc.assert(
    fc.property(
      seeds,
      fc.infiniteStream(fc.nat()),
      fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
      (seeds, order, sizes) => {
        const trades = tradesOf(seeds);
        const repeated = trades.filter((trade) => trade.tradeId % 3 === 0);
        const shuffled = [...trades, ...repeated].map((trade) => ({
          trade,
          at: order.next().value,
        }))
          .sort((a, b) => a.at - b.at).map(({ trade }) => trade);
        const run = new Run();
        while (shuffled.length > 0) run.feed(shuffled.splice(0, sizes.next().value));
        run.product.advance(NOON + 7_200_000 + 2000);
        run.take();
        assert.deepEqual(run.product.gaps(), []);
        assert.deepEqual(run.outcomes.filter((outcome) => outcome !== "duplicate"), []);
        run.expectTruth(trades, NOON / 1000 + 7200);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("aggregator - a larger candle equals the merge of its minutes, live as well as closed", () => {
  fc.assert(fc.property(seeds, (seeds) => {
    const trades = tradesOf(seeds);
    const run = new Run();
    for (const [index, trade] of trades.entries()) {
      run.feed([trade]);
      const live = run.product.takeLive();
      const known = trades.slice(0, index + 1).filter(({ timeMs }) => timeMs >= NOON);
      for (const candle of live) {
        if (candle.start * 1000 < NOON) continue;
        assert.equal(lineOf(candle), truth(known, candle.granularity).get(candle.start));
        assert.equal(candle.isComplete, false);
        assert.equal(candle.exact, false);
      }
      if (trade.timeMs >= NOON) {
        assert.equal(live[0]?.start, bucketStart(trade.timeMs, "ONE_MINUTE"));
      }
    }
  }));
});

Deno.test("aggregator - missing trades leave a gap with exact bounds, and their arrival makes the candles exact", () => {
  fc.assert(fc.property(seeds, fc.nat(), fc.nat(), (seeds, a, b) => {
    const trades = tradesOf(seeds);
    const from = 1 + a % (trades.length - 2);
    const to = Math.min(from + b % 10, trades.length - 2);
    const missing = trades.slice(from, to + 1);
    const run = new Run();
    run.feed(trades.filter((trade) => !missing.includes(trade)));
    run.product.advance(NOON + 7_200_000 + 2000);
    run.take();
    const before = trades[from - 1];
    const after = trades[to + 1];
    assert.deepEqual(run.product.gaps(), [{
      fromId: FIRST_ID + from,
      toId: FIRST_ID + to,
      fromTimeMs: before?.timeMs,
      toTimeMs: after?.timeMs,
    }]);
    const touched = new Set(missing.map(({ timeMs }) => bucketStart(timeMs, "ONE_MINUTE")));
    for (const start of touched) {
      assert.notEqual(run.closed.get(`ONE_MINUTE ${start}`)?.exact, true, "a hole is never exact");
      assert.notEqual(run.closed.get(`ONE_HOUR ${NOON / 1000}`)?.exact, true);
    }
    run.feed(missing, false);
    run.expectTruth(trades, NOON / 1000 + 7200);
  }));
});

Deno.test("aggregator - stored candles resume after a restart: revisions continue and nothing exact changes", () => {
  fc.assert(
    fc.property(seeds, fc.nat(), fc.nat(5), (seeds, cut, lost) => {
      const trades = tradesOf(seeds);
      const at = 1 + cut % (trades.length - 1);
      const first = new Run();
      first.feed(trades.slice(0, at));
      const live = first.product.takeLive().filter(({ granularity }) =>
        granularity === "ONE_MINUTE"
      );
      const second = new Run();
      for (const [key, candle] of first.closed) second.closed.set(key, candle);
      const stored = [...first.closed.values(), ...live].sort((a, b) => a.start - b.start);
      const kept = at === 1 ? null : bucketStart(NOON, "ONE_HOUR");
      second.product.restore(stored, kept);
      // The snapshot begins a little later than what was stored ends; REST brings the rest.
      second.feed(trades.slice(Math.min(at + lost, trades.length - 1)));
      second.feed(trades.slice(0, at + lost), false);
      second.product.advance(NOON + 7_200_000 + 2000);
      second.take();
      assert.deepEqual(second.product.gaps(), []);
      second.expectTruth(trades, NOON / 1000 + 7200);
    }),
    { numRuns: 1000 },
  );
});
