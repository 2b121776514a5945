import { strict as assert } from "node:assert";
import { decodeCandle, encodeCandle } from "../lib/candles/wire.ts";
import { CANDLE_COLUMNS, candleOf, type CandleRow } from "../lib/store/candle_row.ts";
import { scenario } from "./harness/scenario.ts";
import { until } from "./harness/wait.ts";

const MINUTES = "product=BTC-USD&granularity=ONE_MINUTE";

Deno.test(
  "history API - the running app answers with what the database holds, and lets caches keep forever what can never change",
  scenario({ env: { CORS_ORIGINS: "https://page.example" } }, async (it) => {
    await it.minutes(4, 50);
    await it.recovers();
    it.time.speed = 0;
    const rows = await it.sql.unsafe<CandleRow[]>(`SELECT ${CANDLE_COLUMNS} FROM candles c
      WHERE product_id = 'BTC-USD' AND granularity = 'ONE_MINUTE' AND exact ORDER BY start`);
    const stored = rows.map(candleOf);
    const [first, last] = [stored[1] ?? assert.fail(), stored.at(-1) ?? assert.fail()];
    const range = `${MINUTES}&start=${first.start}&end=${last.start}`;
    const headers = { origin: "https://page.example", "accept-encoding": "gzip" };
    const answer = await fetch(`${it.app.url}/api/candles?${range}&format=ndjson`, { headers });
    assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal(answer.headers.get("access-control-allow-origin"), "https://page.example");
    const lines = (await answer.text()).trimEnd().split("\n");
    assert.deepEqual(lines, stored.slice(1, -1).map(encodeCandle));
    const { status, text } = await it.app.request(`/api/candles?${range}`) ?? assert.fail();
    assert.equal(status, 200);
    assert.equal(text, `{"candles":[${lines.join(",")}],"next":null}`);
    const newest = (await it.app.request(`/api/candles?${MINUTES}&limit=1`))?.text ?? "";
    const [candle = ""] = /\{"product_id"[^}]*\}/.exec(newest) ?? [];
    assert.equal(decodeCandle(candle)?.isComplete, false);
  }),
);

Deno.test(
  "history API - a product that was delisted unseen is still in the catalogue, marked, with its history",
  scenario({}, async (it) => {
    await it.minutes(2, 50);
    const gone = it.exchange.products.at(-1) ?? assert.fail();
    const held = () =>
      it.app.request(`/api/candles?product=${gone}&granularity=ONE_MINUTE&limit=3`);
    await until(
      "a stored candle",
      async () => /"is_complete":true/.test((await held())?.text ?? ""),
    );
    await it.app.terminate();
    it.control({ command: "delist", product: gone });
    await it.startApp().whenReady();
    const product = await until("the delisted product", async () => {
      const answer = await it.app.request(`/api/products/${gone}`);
      return answer?.status === 200 ? answer.text : null;
    });
    assert.equal(JSON.parse(product).status, "delisted");
    assert.match((await held())?.text ?? "", /"is_complete":true/);
    const marked = await it.sql`SELECT FROM products
      WHERE product_id = ${gone} AND delisted_at IS NOT NULL AND NOT followed`;
    assert.equal(marked.length, 1);
  }),
);
