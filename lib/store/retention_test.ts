import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { withServers } from "../../tests/servers.ts";
import { epochSeconds, type Granularity } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { openStore, type Store } from "./store.ts";

const DAY = 86_400;
const NOW = epochSeconds(Date.UTC(2026, 5, 1, 12, 30) / 1000);

for (const timescale of [true, false]) {
  const kind = timescale ? "a hypertable" : "an ordinary table";

  Deno.test(
    `retention - each granularity is kept for its retention, in ${kind}, and not removed earlier`,
    withServers(async ({ database }) => {
      await using store = await opened(await database(), timescale);
      for (const id of ["BTC-USD", "ETH-USD"]) {
        await daily(store, id, "ONE_MINUTE", 40);
        await daily(store, id, "ONE_HOUR", 40);
      }
      const days = new Map<Granularity, number>([["ONE_MINUTE", 10]]);
      const { deleted, chunksDropped } = await store.retention(days).sweep(NOW);
      assert.deepEqual([deleted, chunksDropped], [2 * 30, 0]);
      assert.deepEqual(await counts(store), [10, 40, 10, 40]);
      assert.equal((await store.retention(days).sweep(NOW)).deleted, 0);
    }),
  );
}

Deno.test(
  "retention - whole chunks go only when every granularity has an end, and only past the latest",
  withServers(async ({ database }) => {
    await using store = await opened(await database(), true);
    await daily(store, "BTC-USD", "ONE_MINUTE", 60);
    await daily(store, "BTC-USD", "ONE_DAY", 60);
    const days = new Map<Granularity, number>([
      ["ONE_MINUTE", 5],
      ["FIVE_MINUTE", 5],
      ["FIFTEEN_MINUTE", 5],
      ["THIRTY_MINUTE", 5],
      ["ONE_HOUR", 5],
      ["TWO_HOUR", 5],
      ["SIX_HOUR", 5],
    ]);
    const some = await store.retention(days).sweep(NOW);
    assert.equal(some.chunksDropped, 0);
    days.set("ONE_DAY", 30);
    const all = await store.retention(days).sweep(NOW);
    assert.ok(all.chunksDropped > 0);
    const candles = await store.candles.page({
      productId: productId("BTC-USD"),
      granularity: "ONE_DAY",
      limit: 100,
    });
    assert.ok(candles.length >= 30 && candles.length <= 31, `${candles.length}`);
  }),
);

Deno.test(
  "retention - more rows than one statement removes take several, and removed ranges may be requested again",
  withServers(async ({ database }) => {
    await using store = await opened(await database(), true);
    const btc = productId("BTC-USD");
    const begin = NOW - 30 * DAY;
    const candles = Array.from(
      { length: 6000 },
      (_, i) => sampleCandle({ start: epochSeconds(begin - begin % 60 + i * 60) }),
    );
    await store.candles.upsert(candles);
    const stretch = { start: epochSeconds(begin), end: NOW };
    await store.backfills.markCovered(btc, "ONE_MINUTE", stretch);
    const { deleted } = await store.retention(new Map([["ONE_MINUTE", 20]])).sweep(NOW);
    assert.equal(deleted, 6000);
    const [missing, ...others] = await store.backfills.missing(btc, "ONE_MINUTE", stretch);
    assert.deepEqual([missing, others], [{
      start: stretch.start,
      end: NOW - 20 * DAY,
    }, []]);
  }),
);

Deno.test(
  "retention - the storage report has candles, bytes and the kind of table",
  withServers(async ({ database }) => {
    for (const timescale of [true, false]) {
      await using store = await opened(await database(), timescale);
      await daily(store, "BTC-USD", "ONE_HOUR", 30);
      await daily(store, "BTC-USD", "ONE_DAY", 10);
      const report = await store.storage();
      assert.equal(report.candles, 40);
      assert.deepEqual(
        report.byGranularity.map(({ granularity, candles }) => [granularity, candles]),
        [["ONE_HOUR", 30], ["ONE_DAY", 10]],
      );
      assert.ok(report.bytes > report.indexBytes && report.indexBytes > 0);
      if (!timescale) assert.equal(report.hypertable, null);
      else if (report.hypertable !== null) assert.ok(report.hypertable.chunks >= 4);
    }
  }),
);

/** One candle a day for some days before now. */
async function daily(store: Store, id: string, granularity: Granularity, days: number) {
  const midnight = NOW - NOW % DAY;
  await store.candles.upsert(
    Array.from({ length: days }, (_, i) =>
      sampleCandle({
        productId: productId(id),
        granularity,
        start: epochSeconds(midnight - (i + 1) * DAY + (granularity === "ONE_DAY" ? 0 : 82_800)),
      })),
  );
}

async function counts(store: Store): Promise<number[]> {
  const ids = ["BTC-USD", "ETH-USD"].map(productId);
  const pages = await Promise.all(
    ids.flatMap((productId) =>
      (["ONE_MINUTE", "ONE_HOUR"] as const).map((granularity) =>
        store.candles.page({ productId, granularity, limit: 1_000 })
      )
    ),
  );
  return pages.map(({ length }) => length);
}

async function opened(url: string, timescale: boolean): Promise<Store> {
  const store = await openStore(url, { log: { info() {}, warn() {}, error() {} }, timescale });
  await store.ready();
  return store;
}
