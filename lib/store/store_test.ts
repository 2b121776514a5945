import assert from "node:assert/strict";
import fc from "fast-check";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { listed } from "../../tests/sample_exchange_products.ts";
import { withServers } from "../../tests/servers.ts";
import { add, compare, decimal, formatDecimal, multiply } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { openDatabase } from "./database.ts";
import { parseDatabaseUrl } from "./database_url.ts";
import type { Gap } from "./gap_store.ts";
import { openStore } from "./store.ts";
import { openReadyStore, SILENT } from "./test_store.ts";
import { until, within } from "../../tests/harness/wait.ts";

const DESCRIBED = {
  productId: productId("BTC-USD"),
  baseCurrency: "BTC",
  quoteCurrency: "USD",
  baseName: "Bitcoin",
  status: "online",
  quoteIncrement: decimal("0.01"),
  price: decimal("42000.5"),
  priceChange24h: decimal("-1.25"),
  volume24h: decimal("8123.00000001"),
  quoteVolume24h: null,
};
const product = listed("BTC-USD", { ...DESCRIBED, baseIncrement: decimal("0.00000001") });

const MINUTES = { productId: productId("BTC-USD"), granularity: "ONE_MINUTE" } as const;

Deno.test(
  "store - it opens while its database is down, reports that without the password, and is up once the database is",
  withServers(async ({ postgres }) => {
    const server = await postgres();
    await server.kill();
    const reasons: (string | null)[] = [];
    await using store = await openStore(server.url, {
      log: SILENT,
      onState: ({ reason }) => reasons.push(reason),
    });
    assert.equal(store.state().state, "connecting");
    await assert.rejects(store.candles.page({ ...MINUTES, limit: 1 }));
    await until("a reason", () => reasons.length > 0, { everyMs: 10 });
    assert.match(reasons[0] ?? "", /ECONNREFUSED/);
    const { password } = new URL(server.url);
    assert.ok(password.length > 0 && !reasons.join().includes(password));
    await server.restart();
    await store.ready();
    assert.deepEqual(store.state(), { state: "up", reason: null });
    assert.equal(await store.candles.upsert([sampleCandle()]), 1);
    await server.kill();
    await until("a store that is down", () => store.state().state !== "up", { everyMs: 10 });
    assert.equal(store.state().state, "down");
    await server.restart();
    await until("a store that is up", () => store.state().state === "up", { everyMs: 10 });
    assert.equal((await store.candles.page({ ...MINUTES, limit: 2 })).length, 1);
  }),
);

Deno.test(
  "store - while its database hangs, reads are refused instead of waiting, until it answers",
  withServers(async ({ postgres }) => {
    const server = await postgres();
    await using store = await openReadyStore(server.url);
    const read = () => store.candles.page({ ...MINUTES, limit: 1 });
    await read();
    const frozen = [server.pid, ...await childrenOf(server.pid)];
    const send = (signal: Deno.Signal) => frozen.forEach((pid) => Deno.kill(pid, signal));
    send("SIGSTOP");
    try {
      await until("a store that is down", () => store.state().state === "down", {
        timeoutMs: 30_000,
      });
      assert.match(store.state().reason ?? "", /no answer for 10 s/);
      await assert.rejects(within("a refusal", read()), { message: "no answer for 10 s" });
      await assert.rejects(within("a refusal", store.gaps.all()), { name: "DatabaseDownError" });
    } finally {
      send("SIGCONT");
    }
    await until("a store that is up", () => store.state().state === "up");
    assert.deepEqual(await read(), []);
  }),
);

async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  return children.trim().split(/\s+/).filter((text) => text !== "").map(Number);
}

Deno.test("store - one whose database is never reached closes immediately, and rejects those that wait for it", async () => {
  const store = await openStore("postgres://nobody:x@127.0.0.1:1/none", { log: SILENT });
  const waiting = assert.rejects(store.ready(), { name: "DatabaseDownError" });
  await within("the store to close", store.close());
  await within("the end of what waits", waiting);
  assert.equal(store.state().state, "closed");
});

Deno.test(
  "store - our decimals and PostgreSQL's numeric agree on sums, products, order and digits",
  withServers(async ({ database }) => {
    const sql = openDatabase(parseDatabaseUrl(await database()), {
      connections: 1,
      statementTimeoutMs: 0,
    });
    const digits = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
    const number = fc.tuple(digits, fc.integer({ min: 0, max: 20 })).map(([units, scale]) => {
      const sign = units < 0n ? "-" : "";
      const text = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
      const point = text.length - scale;
      return sign + text.slice(0, point) + (scale === 0 ? "" : `.${text.slice(point)}`);
    });
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(number, number), { minLength: 20 }), async (pairs) => {
          const rows = await sql<{ a: string; sum: string; product: string; sign: number }[]>`
            SELECT trim_scale(a) AS a, trim_scale(a + b) AS sum, trim_scale(a * b) AS product,
              sign(a - b)::int AS sign
            FROM unnest(${`{${pairs.map(([a]) => a)}}`}::numeric[],
              ${`{${pairs.map(([, b]) => b)}}`}::numeric[]) AS pair (a, b)`;
          for (const [i, [left, right]] of pairs.entries()) {
            const [a, b] = [decimal(left), decimal(right)];
            assert.deepEqual(rows[i], {
              a: formatDecimal(a),
              sum: formatDecimal(add(a, b)),
              product: formatDecimal(multiply(a, b)),
              sign: Math.sign(compare(a, b)),
            });
          }
          const [total] = await sql`SELECT trim_scale(sum(a)) AS sum
            FROM unnest(${`{${pairs.map(([a]) => a)}}`}::numeric[]) AS a`;
          const sum = pairs.map(([a]) => decimal(a)).reduce(add);
          assert.equal(total?.sum, formatDecimal(sum));
        }),
        { numRuns: 50 },
      );
    } finally {
      await sql.end();
    }
  }),
);

Deno.test(
  "store - products keep our own columns when the catalogue changes, and come back from being delisted",
  withServers(async ({ database }) => {
    const url = await database();
    await using store = await openReadyStore(url);
    const other = { ...product, productId: productId("ETH-USD"), alias: product.productId };
    await store.products.upsert([product, other]);
    const sql = openDatabase(parseDatabaseUrl(url), { connections: 1, statementTimeoutMs: 0 });
    const unread = await sql.unsafe(
      `SELECT alias, quote_name, trading_disabled, price_increment, base_increment FROM products
       ORDER BY product_id`,
    ).finally(() => sql.end());
    const written = {
      quote_name: "US Dollar",
      trading_disabled: false,
      price_increment: "0.01",
      base_increment: "0.00000001",
    };
    assert.deepEqual([...unread], [{ alias: null, ...written }, { alias: "BTC-USD", ...written }]);
    await store.products.follow([product.productId]);
    const from = { tradeId: 7, timeMs: 1_000 };
    assert.equal(await store.products.setProven(productId("NO-USD"), { from }), false);
    assert.equal(await store.products.setProven(product.productId, { from }), true);
    await store.products.setProven(product.productId, { publishedFromMs: 3_000 });
    await store.products.setProven(product.productId, { publishedFromMs: 2_000 });
    await store.products.setProven(product.productId, { from, pastHiddenUntilMs: 4_000 });
    await store.products.upsert([{ ...product, price: decimal("43000") }]);
    const [bitcoin, ether] = await store.products.all();
    assert.ok(bitcoin !== undefined && ether !== undefined);
    assert.deepEqual(bitcoin, {
      ...DESCRIBED,
      price: decimal("43000"),
      followed: true,
      delistedAtMs: null,
      provenFrom: { tradeId: 7, timeMs: 1_000 },
      publishedFromMs: 3_000,
      pastHiddenUntilMs: 4_000,
    });
    assert.deepEqual([...await store.products.exactStarts()], [[product.productId, 1]]);
    await store.products.setProven(product.productId, { from: { tradeId: 3, timeMs: 1_500 } });
    const [unmoved] = await store.products.all();
    assert.equal(unmoved?.provenFrom?.tradeId, 7, "no later start");
    assert.equal(unmoved?.pastHiddenUntilMs, 4_000);
    await store.products.setProven(product.productId, { from: { tradeId: 5, timeMs: 500 } });
    const [moved] = await store.products.all();
    assert.deepEqual(moved?.provenFrom, { tradeId: 5, timeMs: 500 });
    assert.equal(moved?.pastHiddenUntilMs, null, "trades before the last start were shown");
    assert.deepEqual([ether.followed, ether.provenFrom], [false, null]);
    await store.products.markDelisted([product.productId], 5_000);
    const [gone] = await store.products.all();
    assert.deepEqual([gone?.delistedAtMs, gone?.followed], [5_000, false]);
    await store.products.upsert([product]);
    assert.equal((await store.products.all())[0]?.delistedAtMs, null);
  }),
);

Deno.test(
  "store - a key's past has another version once more of it is stored, and with each gap",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const { productId: id } = product;
    const version = () => store.backfills.version(id, "ONE_HOUR");
    assert.equal(await version(), "");
    await store.products.upsert([product]);
    const seen = [await version()];
    const stretch = (start: number) => ({
      start: epochSeconds(start),
      end: epochSeconds(start + 3600),
    });
    await store.backfills.markCovered(id, "ONE_HOUR", stretch(7200));
    seen.push(await version());
    await store.backfills.markCovered(id, "ONE_HOUR", stretch(3600));
    seen.push(await version());
    const gap = { productId: id, fromId: 5, toId: 6, fromTimeMs: 1, toTimeMs: 2 };
    await store.gaps.open([gap]);
    seen.push(await version());
    assert.equal(new Set(seen).size, 4, `${seen}`);
    await store.gaps.close(gap);
    await store.backfills.markCovered(id, "ONE_DAY", stretch(0));
    assert.equal(await version(), seen[2]);
  }),
);

Deno.test(
  "gap store - a gap opens once, closes, and opens again",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const gap: Gap = {
      productId: productId("BTC-USD"),
      fromId: 10,
      toId: 30,
      fromTimeMs: 1_704_567_600_123,
      toTimeMs: 1_704_567_700_456,
    };
    const other = { ...gap, fromId: 50, toId: 50 };
    await store.gaps.open([gap, other]);
    await store.gaps.open([gap]);
    assert.deepEqual(await store.gaps.all(), [gap, other]);
    await store.gaps.close(gap);
    assert.deepEqual(await store.gaps.all(), [other]);
    await store.gaps.open([gap]);
    assert.deepEqual(await store.gaps.all(), [gap, other]);
  }),
);

Deno.test(
  "gap store - gaps across which stored ids are contiguous are closed whatever their shape, and no others",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const NOON = 1_775_563_200;
    const minute = (at: number, firstTradeId: number, lastTradeId: number, exact = false) =>
      sampleCandle({
        start: epochSeconds(NOON + 60 * at),
        firstTradeId,
        lastTradeId,
        trades: lastTradeId - firstTradeId + 1,
        exact,
      });
    await store.candles.upsert([
      minute(0, 1, 9),
      minute(1, 10, 19),
      // There was no trade in the minute after, and two ids never existed.
      { ...minute(3, 20, 29, true), trades: 8 },
      minute(4, 33, 39, true),
      // Ids 40 to 49 are missing, and one of the next minute.
      minute(5, 50, 59),
      { ...minute(6, 60, 69), trades: 9 },
      minute(7, 70, 79),
    ]);
    const gap = (fromId: number, toId: number, fromMinute: number, toMinute: number): Gap => ({
      productId: productId("BTC-USD"),
      fromId,
      toId,
      fromTimeMs: (NOON + 60 * fromMinute) * 1000,
      toTimeMs: (NOON + 60 * toMinute) * 1000 + 59_999,
    });
    const repaired = [gap(5, 14, 0, 1), gap(15, 17, 1, 1), gap(12, 34, 1, 4), gap(30, 32, 3, 4)];
    const open = [
      gap(35, 44, 4, 5),
      gap(42, 43, 4, 5),
      gap(62, 63, 6, 6),
      // The stored minutes do not reach around these.
      gap(75, 85, 7, 9),
      gap(1, 3, -3, 0),
    ];
    await store.gaps.open([...repaired, ...open]);
    await store.gaps.settle();
    const left = (await store.gaps.all()).map(({ fromId, toId }) => `${fromId}-${toId}`).sort();
    assert.deepEqual(left, open.map(({ fromId, toId }) => `${fromId}-${toId}`).sort());
  }),
);
