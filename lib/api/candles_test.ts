import assert from "node:assert/strict";
import { until } from "../../tests/harness/wait.ts";
import { Archive } from "../history/archive.ts";
import type { Candle } from "../candles/candle.ts";
import { decimal, formatDecimal } from "../candles/decimal.ts";
import { encodeCandle } from "../candles/wire.ts";
import { answerCandles } from "./candles.ts";
import {
  at,
  BEGIN,
  chain,
  minute,
  NOW,
  page,
  POSITION,
  REQUESTER,
  servicesOver,
  withApi,
} from "./test_api.ts";

const DAY = `start=${BEGIN}&end=${BEGIN + 86_400}`;
const MINUTES = "product=BTC-USD&granularity=ONE_MINUTE";

Deno.test(
  "candles - following next from the newest page gives every candle once, oldest last, live candle first",
  withApi(async ({ store, request, current }) => {
    await store.candles.upsert(chain(25));
    current.push(minute(25, 25, { isComplete: false, exact: false }));
    const starts: number[] = [];
    let pages = 0;
    for (let query: string | null = `${MINUTES}&limit=7`; query !== null; pages++) {
      const { candles, next } = await page(request, query);
      starts.unshift(...candles.map(({ start }) => start));
      query = next === null ? null : next.slice(next.indexOf("?") + 1);
    }
    assert.deepEqual(starts, Array.from({ length: 26 }, (_, i) => BEGIN + i * 60));
    assert.equal(pages, 4);
  }),
);

Deno.test(
  "candles - a page of a range that is wholly exact is immutable; any other must be revalidated",
  withApi(async ({ store, request }) => {
    await store.candles.upsert(chain(30));
    const cacheOf = async (query: string) =>
      (await request(`${MINUTES}&${query}`)).headers.get("cache-control");
    const forever = "public, max-age=31536000, immutable";
    assert.equal(await cacheOf(`start=${at(5)}&end=${at(20)}`), forever);
    assert.equal(await cacheOf(`end=${at(20)}&limit=5`), forever);
    assert.equal(await cacheOf(`start=${at(5)}&end=${at(20)}&format=csv`), forever);
    assert.equal(await cacheOf(`start=${at(5)}`), "no-cache");
    assert.equal(await cacheOf(`start=${at(5)}&end=${at(31)}`), "no-cache");
    assert.equal(await cacheOf(`start=${at(-5)}&end=${at(20)}`), "no-cache");
    assert.equal(await cacheOf(`end=${at(20)}&limit=50`), "no-cache");
    await store.candles.upsert([minute(40, 90, {}), minute(42, 95, { exact: false })]);
    assert.equal(await cacheOf(`start=${at(5)}&end=${at(35)}`), "no-cache");
    assert.equal(await cacheOf(`start=${at(41)}&end=${at(43)}&format=ndjson`), "no-cache");
  }),
);

Deno.test(
  "candles - a client that has a page gets 304, until a candle of it changes",
  withApi(async ({ store, request }) => {
    const open = chain(5).map((candle) => ({ ...candle, exact: false }));
    await store.candles.upsert(open);
    for (const [index, format] of ["json", "csv", "ndjson"].entries()) {
      const query = `${MINUTES}&${DAY}&format=${format}`;
      const etag = (await request(query)).headers.get("etag") ?? "";
      const again = await request(query, { "if-none-match": `W/${etag}` });
      assert.deepEqual([again.status, await again.text()], [304, ""]);
      await store.candles.upsert(open.map((candle) => ({ ...candle, revision: index + 1 })));
      assert.equal((await request(query, { "if-none-match": etag })).status, 200);
    }
  }),
);

Deno.test(
  "candles - what closed a moment ago is in pages and streams of lines, and a newest page names where a stream continues",
  withApi(async ({ store, request, current, closed }) => {
    await store.candles.upsert(chain(3));
    closed.push(...chain(2, 3));
    current.push(minute(5, 5, { isComplete: false, exact: false }));
    const newest = await request(MINUTES);
    assert.equal(newest.headers.get("last-event-id"), `${POSITION}`);
    const starts = [0, 1, 2, 3, 4, 5].map(at);
    assert.deepEqual((await page(request, MINUTES)).candles.map(({ start }) => start), starts);
    const lines = (await (await request(`${MINUTES}&format=ndjson`)).text()).trim().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line).timestamp), starts);
    const multiple = await page(request, "product=BTC-USD&granularity=2m");
    assert.deepEqual(multiple.candles.map(({ start, trades }) => [start, trades]), [
      [at(0), 20],
      [at(2), 20],
      [at(4), 20],
    ]);
    const older = await request(`${MINUTES}&end=${at(3)}`);
    assert.equal(older.headers.get("last-event-id"), null);
  }),
);

Deno.test(
  "candles - a client that has a final page gets 304 without a read, also while too much is being read",
  withApi(async ({ store, request, budget }) => {
    await store.candles.upsert(chain(30));
    const page = `${MINUTES}&start=${at(5)}&end=${at(20)}&limit=10`;
    const first = await request(page);
    const etag = first.headers.get("etag") ?? "";
    await first.body?.cancel();
    const reading = Promise.withResolvers<void>();
    const requester = { address: REQUESTER.address };
    const dearest = budget.run(requester, Infinity, () => reading.promise);
    const waited = budget.stats.waited;
    const again = await request(page, { "if-none-match": etag });
    for (const name of ["etag", "cache-control", "link", "vary"]) {
      assert.equal(again.headers.get(name), first.headers.get(name), name);
    }
    assert.deepEqual([again.status, budget.stats.waited], [304, waited]);
    reading.resolve();
    await dearest;
  }),
);

Deno.test(
  "candles - a whole range costs what summarising it reads, and each of its reads waits for its turn",
  withApi(async ({ store, request, budget }) => {
    for (let i = 0; i < 4; i++) await store.candles.upsert(chain(1000, i * 1000));
    const answer = await request(`${MINUTES}&start=${BEGIN}&format=csv`);
    assert.equal(answer.status, 200);
    const reading = Promise.withResolvers<void>();
    const dearest = budget.run({ address: REQUESTER.address }, Infinity, () => reading.promise);
    const text = answer.text();
    await until("the stream's turn", () => Promise.resolve(budget.stats.waiting === 1));
    reading.resolve();
    await dearest;
    assert.equal((await text).trimEnd().split("\r\n").length, 4001);
    assert.deepEqual([budget.stats.underWay, budget.stats.refused.address], [0, 0]);
  }),
);

Deno.test(
  "candles - a multiple is what PostgreSQL computes from the stored candles, digit for digit",
  withApi(async ({ store, request, sql }) => {
    const candles = chain(500).map((candle, index): Candle => ({
      ...candle,
      open: decimal(`${100 + index * 7 % 90}.00000001`),
      high: decimal(`${300 + index * 13 % 90}`),
      low: decimal(`${index * 11 % 90}.5`),
      close: decimal(`${100 + index * 3 % 90}`),
      volume: decimal(`${10 ** (index % 13)}.${index % 10}0000001`),
    })).filter((_, index) => index % 9 !== 4);
    await store.candles.upsert(candles);
    const { candles: built } = await page(
      request,
      `${MINUTES.replace("ONE_MINUTE", "77m")}&${DAY}`,
    );
    const rows = await sql`SELECT floor(extract(epoch FROM start) / 4620)::bigint * 4620 AS at,
      (array_agg(open ORDER BY start))[1] AS open, max(high) AS high, min(low) AS low,
      (array_agg(close ORDER BY start DESC))[1] AS close, sum(volume) AS volume
      FROM candles WHERE granularity = 'ONE_MINUTE' AND start >= to_timestamp(${BEGIN})
      GROUP BY 1 ORDER BY 1`;
    const expected = rows.filter(({ at }) => Number(at) >= BEGIN).map((row) => [
      Number(row.at),
      ...[row.open, row.high, row.low, row.close, row.volume].map((text) =>
        formatDecimal(decimal(String(text)))
      ),
    ]);
    const found = built.map(({ start, open, high, low, close, volume }) => [
      start,
      ...[open, high, low, close, volume].map(formatDecimal),
    ]);
    assert.equal(found.length, 6);
    assert.deepEqual(found, expected);
  }),
);

Deno.test(
  "candles - CSV and NDJSON stream a whole range: the candles of its pages, in order",
  withApi(async ({ store, request }) => {
    const candles = chain(4100);
    for (let i = 0; i < candles.length; i += 1000) {
      await store.candles.upsert(candles.slice(i, i + 1000));
    }
    const range = `${MINUTES}&start=${BEGIN}`;
    const lines = (await (await request(`${range}&format=ndjson`)).text()).trimEnd().split("\n");
    assert.deepEqual(lines, candles.map(encodeCandle));
    const packed = await request(`${range}&format=ndjson`, { "accept-encoding": "br, gzip" });
    assert.equal(packed.headers.get("content-encoding"), "gzip");
    const unpacked = packed.body?.pipeThrough(new DecompressionStream("gzip"));
    assert.equal(await new Response(unpacked).text(), `${lines.join("\n")}\n`);
    const csv = await request(range, { accept: "text/csv" });
    assert.match(csv.headers.get("content-type") ?? "", /^text\/csv/);
    const rows = (await csv.text()).trimEnd().split("\r\n");
    assert.equal(rows.length, candles.length + 1);
    assert.equal(
      rows[1],
      `BTC-USD,ONE_MINUTE,${BEGIN},42000.5,42500,41800,42200,123.45000001,true,10,5193210.1123456789,60.2,true,0,1,10`,
    );
  }),
);

Deno.test(
  "candles - a stream reads only as fast as its client, and stops when the client leaves",
  withApi(async ({ store, request, reads }) => {
    for (let i = 0; i < 12; i++) await store.candles.upsert(chain(1000, i * 1000));
    const answer = await request(`${MINUTES}&start=${BEGIN}&format=ndjson`);
    const reader = answer.body?.getReader();
    const before = reads.count;
    await reader?.read();
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Three chunks at most: the one taken, the one that waits, and the one being made.
    assert.ok(reads.count - before <= 3, `${reads.count - before} reads ahead`);
    await reader?.cancel();
    const after = reads.count;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(reads.count, after);
  }),
);

Deno.test(
  "candles - one address gets only a few whole ranges that are not read, and room again as they end",
  withApi(async ({ store, request }) => {
    for (let i = 0; i < 2; i++) await store.candles.upsert(chain(1000, i * 1000));
    const whole = `${MINUTES}&start=${BEGIN}&format=csv`;
    const open: Response[] = [];
    for (let answer = await request(whole); answer.status === 200; answer = await request(whole)) {
      open.push(answer);
      assert.ok(open.length < 100, "there is no end");
    }
    const refused = await request(whole);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get("content-type"), "application/problem+json");
    assert.match(refused.headers.get("retry-after") ?? "", /^\d+$/);
    // Short answers and HEAD take no place.
    assert.equal((await request(`${whole}&limit=5`)).status, 200);
    const [first, second] = open;
    await first?.body?.cancel();
    const again = await request(whole);
    assert.equal(again.status, 200);
    const etag = again.headers.get("etag") ?? "";
    assert.equal((await again.text()).split("\n").length, 2002);
    for (let times = 0; times < 20; times++) {
      assert.equal((await request(whole, { "if-none-match": etag })).status, 304);
    }
    await second?.text();
    assert.equal((await request(whole)).status, 200);
    await Promise.all(open.slice(2).map(({ body }) => body?.cancel()));
  }),
);

Deno.test(
  "candles - whole ranges of which nothing is taken for a minute end, and give their places back",
  withApi(async ({ store, request, clock }) => {
    for (let i = 0; i < 2; i++) await store.candles.upsert(chain(1000, i * 1000));
    const whole = `${MINUTES}&start=${BEGIN}&format=csv`;
    const open: Response[] = [];
    for (let answer = await request(whole); answer.status === 200; answer = await request(whole)) {
      open.push(answer);
      assert.ok(open.length < 100, "there is no end");
    }
    await clock.pass(59_000);
    assert.equal((await request(whole)).status, 429);
    await until("room", async () => {
      await clock.pass(60_000);
      const again = await request(whole);
      await again.body?.cancel();
      return again.status === 200;
    });
    // What waited is cut off, and does not look like a whole answer.
    const outcomes = await Promise.allSettled(open.map(({ body }) => body?.cancel()));
    assert.ok(outcomes.some(({ status }) => status === "rejected"));
  }),
);

Deno.test(
  "candles - quiet buckets are filled on request, page after page, down to the first trade",
  withApi(async ({ store, request }) => {
    await store.candles.upsert([minute(0, 0, {}), minute(10, 1, {}), minute(11, 2, {})]);
    const seen: [number, number | null][] = [];
    let query: string | null = `${MINUTES}&end=${at(15)}&limit=4&fill=previous`;
    while (query !== null) {
      const { candles, next } = await page(request, query);
      seen.unshift(...candles.map(({ start, trades }): [number, number | null] => [
        (start - BEGIN) / 60,
        trades,
      ]));
      query = next === null ? null : next.slice(next.indexOf("?") + 1);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 15 }, (_, i) => [i, [0, 10, 11].includes(i) ? 10 : 0]),
    );
  }),
);

Deno.test(
  "candles - every bad value of a query is named in one answer, and an unknown product is 404",
  withApi(async ({ request }) => {
    const bad = await request(
      "product=btc&granularity=90s&start=soon&end=1e9&limit=0&fill=yes&format=xml",
    );
    assert.equal(bad.status, 400);
    assert.equal(bad.headers.get("content-type"), "application/problem+json");
    const { errors } = await bad.json();
    assert.deepEqual(
      errors.map((
        { parameter, value }: { parameter: string; value: string },
      ) => [parameter, value]),
      [["product", "btc"], ["granularity", "90s"], ["start", "soon"], ["end", "1e9"], [
        "limit",
        "0",
      ]]
        .concat([["fill", "yes"], ["format", "xml"]]),
    );
    const missing = await (await request(`granularity=5m&start=${at(2)}&end=${at(1)}`)).json();
    assert.deepEqual(
      missing.errors.map(({ parameter }: { parameter: string }) => parameter),
      ["product", "end"],
    );
    assert.equal((await request("product=NO-USD&granularity=5m")).status, 404);
  }),
);

Deno.test("candles - while the database is down history answers 503 with retry-after", async () => {
  const failing = () => Promise.reject(new Error("down"));
  const archive = new Archive({
    newest: failing,
    oldest: failing,
    stretches: failing,
    summary: failing,
    current: () => null,
    recent: () => [],
    position: () => null,
  });
  for (const format of ["json", "ndjson"]) {
    const http = new Request(`http://x/api/candles?${MINUTES}&format=${format}`);
    const answer = await answerCandles(servicesOver(archive), http, NOW, REQUESTER);
    assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "5"]);
  }
});

Deno.test(
  "candles - a path with a format has precedence over the rest of the request",
  withApi(async ({ store, archive, request }) => {
    await store.candles.upsert(chain(5));
    const services = servicesOver(archive);
    for (const format of ["csv", "ndjson", "parquet"]) {
      const other = format === "csv" ? "ndjson" : "csv";
      for (const [query, limit] of [["", null], [`&format=${other}`, null], ["&limit=2", 2]]) {
        const http = new Request(`http://x/api/candles.${format}?${MINUTES}${query}`, {
          headers: { accept: "application/json" },
        });
        const answer = await answerCandles(services, http, NOW, REQUESTER);
        const same = await request(
          `${MINUTES}&format=${format}${limit === null ? "" : `&limit=${limit}`}`,
        );
        assert.equal(answer.headers.get("content-type"), same.headers.get("content-type"));
        assert.equal(await answer.text(), await same.text());
      }
    }
  }),
);

Deno.test(
  "candles - a download's file name has its product, granularity and range",
  withApi(async ({ store, request }) => {
    await store.candles.upsert(chain(5));
    const nameOf = async (query: string) =>
      (await request(`${MINUTES}&${query}`)).headers.get("content-disposition");
    const name = "BTC-USD_ONE_MINUTE";
    assert.equal(await nameOf("format=csv"), `attachment; filename="${name}.csv"`);
    assert.equal(
      await nameOf("format=parquet&start=2026-04-01&end=2026-05-01T12:30:00Z"),
      `attachment; filename="${name}_20260401T000000Z_20260501T123000Z.parquet"`,
    );
    assert.equal(
      await nameOf("format=ndjson&start=2026-04-01&limit=5"),
      `attachment; filename="${name}_20260401T000000Z_now.ndjson"`,
    );
    assert.equal(
      await nameOf("format=csv&end=2026-04-01"),
      `attachment; filename="${name}_begin_20260401T000000Z.csv"`,
    );
    assert.equal(await nameOf("limit=5"), null, "a page of JSON has no name");
  }),
);

Deno.test(
  "candles - times=iso writes starts for spreadsheets, and is refused where it has no effect",
  withApi(async ({ store, request }) => {
    await store.candles.upsert(chain(3));
    const whole = await request(`${MINUTES}&format=csv&times=iso&${DAY}`);
    const lines = (await whole.text()).trimEnd().split("\r\n").map((line) => line.split(","));
    const time = lines[0]?.indexOf("timestamp") ?? -1;
    assert.deepEqual(
      lines.slice(1).map((line) => line[time]),
      [0, 1, 2].map((index) => new Date(at(index) * 1000).toISOString().replace(".000", "")),
    );
    const plain = await request(`${MINUTES}&format=csv&${DAY}`);
    assert.notEqual(plain.headers.get("etag"), whole.headers.get("etag"));
    assert.match(await plain.text(), new RegExp(`,${at(0)},`));
    const page = await request(`${MINUTES}&format=csv&times=iso&end=${at(3)}&limit=2`);
    assert.match(page.headers.get("link") ?? "", /&format=csv&times=iso>/);
    for (const format of ["json", "ndjson", "parquet"]) {
      const { status, text } = await answerOf(request(`${MINUTES}&format=${format}&times=iso`));
      assert.equal(status, 400);
      assert.match(text, /"parameter":"times","value":"iso","allowed":"only with CSV/);
    }
    const { status, text } = await answerOf(request(`${MINUTES}&format=csv&times=german`));
    assert.equal(status, 400);
    assert.match(text, /"parameter":"times","value":"german","allowed":"iso"/);
  }),
);

async function answerOf(asked: Promise<Response>) {
  const answer = await asked;
  return { status: answer.status, text: await answer.text() };
}
