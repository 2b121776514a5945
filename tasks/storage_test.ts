import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startPostgres } from "../lib/embedded/mod.ts";
import { withServers } from "../tests/servers.ts";
import { describeStorage, main } from "./storage.ts";

Deno.test("storage - the report has bytes per candle, and the reason why nothing is compressed", () => {
  const byGranularity = [{
    granularity: "ONE_DAY",
    candles: 100,
    oldest: "2026-01-01T00:00:00.000Z",
    newest: "2026-04-10T00:00:00.000Z",
  }] as const;
  const sizes = { candles: 100, bytes: 20_000, indexBytes: 5000, byGranularity };
  const plain = describeStorage({ ...sizes, hypertable: null });
  assert.match(plain[0] ?? "", /^100 candles, 0\.0 MB, 200 bytes per candle/);
  assert.match(plain[1] ?? "", /ordinary table/);
  const chunks = { chunks: 3, compressedChunks: 0 };
  const free = describeStorage({ ...sizes, hypertable: { ...chunks, licence: "apache" } });
  assert.match(free[1] ?? "", /3 chunks, 0 compressed; .*cannot compress/);
  const full = describeStorage({ ...sizes, hypertable: { ...chunks, licence: "timescale" } });
  assert.match(full[1] ?? "", /compressed when they are 30 days old/);
});

Deno.test(
  "storage - an empty database has no bytes per candle, and one that is down is an error",
  withServers(async ({ database }) => {
    const lines: string[] = [];
    const env = { DATABASE_URL: await database(), NATS_URL: "nats://127.0.0.1:1" };
    assert.equal(await main(env, (line) => lines.push(line)), 0);
    assert.match(lines[0] ?? "", /^0 candles, \d+\.\d MB \(/);
    const away = { ...env, DATABASE_URL: "postgres://user:secret@127.0.0.1:1/none" };
    assert.equal(await main(away, (line) => lines.push(line)), 1);
    assert.match(lines.at(-1) ?? "", /127\.0\.0\.1:1/);
    assert.doesNotMatch(lines.join("\n"), /secret/);
  }),
);

Deno.test("storage - a task uses the embedded PostgreSQL that the app is running, and leaves it running", async () => {
  const dataDir = await Deno.makeTempDir();
  const binDir = fileURLToPath(new URL("../.data/bin", import.meta.url));
  const server = await startPostgres({ dataDir, binDir, progress: () => {} });
  try {
    for (let run = 0; run < 2; run++) {
      const lines: string[] = [];
      assert.equal(await main({ DATA_DIR: dataDir }, (line) => lines.push(line)), 0);
      assert.match(lines[0] ?? "", /^0 candles, /);
    }
  } finally {
    await server.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
});
