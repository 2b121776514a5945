import assert from "node:assert/strict";
import { type EpochSeconds, epochSeconds, GRANULARITIES } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { ChartPlaceholders } from "./chart_placeholders.ts";
import type { CandleRange } from "./known_candles.ts";
import { Planner } from "./planner.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const BEFORE = epochSeconds(Date.UTC(2026, 3, 7, 12) / 1000);
/** A page of each of eight granularities, and four more of minutes for the rest of the day. */
const PIECES = 8 + 4;

/** Charts whose exchange, database and time a test decides. */
class Charts {
  readonly clock = new FakeClock();
  readonly requested: string[] = [];
  readonly problems: number[] = [];
  readonly kept: CandleRange[] = [];
  readonly before = new Map<ProductId, EpochSeconds>([[BTC, BEFORE]]);
  soonFrom = Infinity;
  fails: (granularity: string) => boolean = () => false;
  shown = 0;
  readonly charts: ChartPlaceholders;
  readonly #planner: Planner;

  constructor() {
    this.charts = new ChartPlaceholders({
      source: {
        candles: (id, granularity, start) => {
          this.requested.push(`${id} ${granularity} ${start}`);
          return this.fails(granularity)
            ? Promise.reject(new Error("http_403"))
            : Promise.resolve([]);
        },
      },
      kept: {
        read: () => Promise.resolve(null),
        keep: (range) => Promise.resolve(this.kept.push(range)),
        missing: (range) => {
          const known = this.kept.filter(({ productId, granularity, end }) =>
            productId === range.productId && granularity === range.granularity && end === range.end
          );
          const lowest = Math.min(range.end, ...known.map(({ start }) => start)) as EpochSeconds;
          return Promise.resolve(lowest > range.start ? [{ ...range, end: lowest }] : []);
        },
      },
      clock: this.clock,
      granularities: GRANULARITIES,
      days: 1,
      coveredFrom: (id) => this.before.get(id) ?? null,
      keptFrom: (granularity) => granularity === "SIX_HOUR" ? BEFORE - 86_400 : 0,
      wanted: () => 0,
      comesSoon: (_id, from) => from >= this.soonFrom,
      onHistory: () => this.shown++,
      onProblem: (_id, waitMs) => this.problems.push(waitMs / 1000),
    });
    this.#planner = new Planner({
      clock: this.clock,
      random: () => 0,
      sources: [this.charts],
      onProblem: () => assert.fail("it retries automatically"),
    });
  }

  async pass(ms: number): Promise<void> {
    for (const id of this.before.keys()) this.#planner.wake(id);
    await this.clock.pass(ms);
  }

  close(): Promise<void> {
    return this.#planner.close();
  }
}

function charted(test: (it: Charts) => Promise<void>): () => Promise<void> {
  return async () => {
    const it = new Charts();
    await test(it);
    await it.close();
  };
}

Deno.test(
  "charts - everything gets its newest page first, and nothing is requested twice",
  charted(async (it) => {
    it.before.set(ETH, BEFORE);
    await it.pass(10_000);
    assert.equal(it.requested.length, 2 * PIECES);
    assert.equal(new Set(it.requested).size, 2 * PIECES);
    const first = it.requested.slice(0, 16).map((one) => one.split(" ").slice(0, 2).join(" "));
    assert.equal(new Set(first).size, 16);
    const six = it.kept.find(({ granularity }) => granularity === "SIX_HOUR");
    assert.equal(six?.start, BEFORE - 86_400, "candles beyond the retention are not requested");
    assert.equal(it.shown, 4, "after the newest pages, and after all");
    await it.pass(3_600_000);
    assert.equal(it.requested.length, 2 * PIECES);
  }),
);

Deno.test(
  "charts - refused for long, the piece is retried with growing delays until it is there, and holds up no trades",
  charted(async (it) => {
    it.fails = (granularity) => granularity === "ONE_HOUR";
    await it.pass(7_200_000);
    assert.equal(new Set(it.requested).size, 5);
    assert.ok(it.requested.length < 16, `${it.requested.length} requests`);
    assert.ok((it.problems[0] ?? 0) >= 30 && (it.problems.at(-1) ?? 0) >= 900);
    it.fails = () => false;
    await it.pass(2_000_000);
    assert.equal(new Set(it.requested).size, PIECES);
  }),
);

Deno.test(
  "charts - a product whose trades become known only after hours is not taken for done",
  charted(async (it) => {
    it.before.clear();
    await it.pass(3 * 3_600_000);
    assert.equal(it.requested.length, 0);
    it.before.set(BTC, BEFORE);
    await it.pass(10_000);
    assert.equal(it.requested.length, PIECES);
  }),
);

Deno.test(
  "charts - what trades prove soon is left to them, and requested where they did not come",
  charted(async (it) => {
    it.soonFrom = BEFORE - 12 * 3_600;
    await it.pass(60_000);
    const recent = it.kept.filter(({ start }) => start >= it.soonFrom);
    assert.deepEqual(recent, []);
    const far = it.requested.length;
    assert.equal(far, PIECES - 2, "two pages of minutes lie within");
    it.before.set(BTC, epochSeconds(BEFORE - 6 * 3_600));
    it.soonFrom = Infinity;
    await it.pass(130_000);
    assert.ok(it.requested.length > far);
    assert.ok(it.kept.every(({ start }) => start < BEFORE - 6 * 3_600));
  }),
);

Deno.test(
  "charts - a product that is followed again gets what it missed in between",
  charted(async (it) => {
    await it.pass(10_000);
    it.charts.drop(BTC);
    it.before.set(BTC, epochSeconds(BEFORE + 86_400));
    await it.pass(10_000);
    assert.ok(it.requested.length > PIECES);
  }),
);
