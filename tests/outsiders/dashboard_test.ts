import assert from "node:assert/strict";
import postgres from "postgres";
import { z } from "zod";
import { GRANULARITIES } from "../../lib/candles/granularity.ts";
import { READER_ROLE } from "../../lib/store/reader_role.ts";
import { openStore } from "../../lib/store/store.ts";
import { sampleCandle } from "../sample_candles.ts";
import { withServers } from "../servers.ts";

const DASHBOARD = z.object({
  panels: z.array(z.object({
    id: z.number(),
    type: z.string(),
    title: z.string(),
    datasource: z.object({ uid: z.literal("${datasource}") }),
    targets: z.array(z.object({ rawSql: z.string() })).min(1),
  })),
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.string() })) }),
});
const PASSWORD = "of-the-reader";

/** A statement as Grafana sends it, for a time around the sample candle. */
function expanded(sql: string): string {
  return sql.replaceAll("${product:sqlstring}", "'BTC-USD'")
    .replaceAll("${granularity:sqlstring}", "'ONE_MINUTE'")
    .replaceAll(
      /\$__timeFilter\((\w+)\)/g,
      "$1 BETWEEN '2024-01-06T00:00:00Z' AND '2024-01-07T00:00:00Z'",
    );
}

Deno.test(
  "candle dashboard - a reader can query all that its panels and lists show",
  withServers(async ({ database }) => {
    const url = await database();
    await using store = await openStore(url, {
      log: { info() {}, warn() {}, error() {} },
      readerPassword: PASSWORD,
    });
    await store.ready();
    await store.candles.upsert([sampleCandle()]);
    const file = new URL("../../deploy/grafana/candles.json", import.meta.url);
    const { panels, templating } = DASHBOARD.parse(JSON.parse(await Deno.readTextFile(file)));
    const own = new URL(url);
    own.username = READER_ROLE;
    own.password = PASSWORD;
    const sql = postgres(own.href, { max: 1 });
    try {
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
      for (const { title, type, targets } of panels) {
        for (const { rawSql } of targets) {
          const rows = await sql.unsafe(expanded(rawSql));
          if (type === "table") continue;
          assert.equal(rows.length, 1, title);
          if (type === "candlestick") {
            const fields = ["time", "open", "high", "low", "close", "volume"];
            assert.deepEqual(Object.keys(rows[0] ?? {}), fields);
          } else assert.ok(Object.values(rows[0] ?? {}).every((value) => value !== null), title);
        }
      }
      const list = (name: string) =>
        templating.list.find((one) => one.name === name)?.query ?? assert.fail(name);
      await sql.unsafe(list("product"));
      assert.deepEqual(list("granularity").split(","), [...GRANULARITIES]);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }),
);
