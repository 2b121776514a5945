import assert from "node:assert/strict";
import { join } from "node:path";
import { parquetChunks } from "../../lib/api/candle_parquet.ts";
import type { Candle } from "../../lib/candles/candle.ts";
import { CANDLE_FIELDS } from "../../lib/candles/candle_fields.ts";
import { add, type Decimal, decimal, formatDecimal, ZERO } from "../../lib/candles/decimal.ts";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { npmSpecifier, runChecked } from "../harness/npm_program.ts";
import { sampleCandle } from "../sample_candles.ts";
import { newDirectory } from "../servers.ts";

const FIRST = 1_704_567_600;
const COUNT = 10_000;

/** A program of a user of DuckDB. */
const PROGRAM = `import { DuckDBInstance } from "${npmSpecifier("@duckdb/node-api")}";
const connection = await (await DuckDBInstance.create()).connect();
const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
console.log(JSON.stringify({
  columns: await rows("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM 'file.parquet')"),
  sums: await rows(\`SELECT count(*)::INT AS count, count(trades)::INT AS known,
    sum(volume)::VARCHAR AS volume, sum(quote_volume)::VARCHAR AS quote_volume,
    count(*) FILTER (exact)::INT AS exact, count(DISTINCT product_id)::INT AS products,
    epoch(min(timestamp))::BIGINT AS first, epoch(max(timestamp))::BIGINT AS last,
    max(last_trade_id) AS last_trade_id FROM 'file.parquet'\`),
  one: await rows("SELECT high::VARCHAR AS high, low::VARCHAR AS low FROM 'file.parquet' LIMIT 1"),
}));
`;

function candle(index: number): Candle {
  const known = index % 7 !== 0;
  return sampleCandle({
    start: epochSeconds(FIRST + 60 * index),
    high: decimal("99999999999999999999.123456789012345678"),
    low: decimal("0.000000000000000001"),
    volume: decimal(`${index}.00000001`),
    exact: known,
    trades: known ? 812 : null,
    quoteVolume: known ? decimal("0.0000000000000000000001") : null,
    buyVolume: known ? decimal("60.2") : null,
    firstTradeId: known ? Number.MAX_SAFE_INTEGER - 1 : null,
    lastTradeId: known ? Number.MAX_SAFE_INTEGER : null,
  });
}

async function* candles(count: number): AsyncGenerator<readonly Candle[]> {
  for (let index = 0; index < count; index++) yield [candle(index)];
}

function sum(values: readonly (Decimal | null)[]): string {
  return formatDecimal(
    values.reduce<Decimal>((all, one) => one === null ? all : add(all, one), ZERO),
  );
}

/** As DuckDB writes it, with all places of its column. */
function bare(text: unknown): string {
  return formatDecimal(decimal(String(text)));
}

Deno.test("downloads - DuckDB reads every digit and every time of a Parquet file", async () => {
  const folder = await newDirectory();
  await Deno.writeFile(
    join(folder, "file.parquet"),
    ReadableStream.from(parquetChunks(candles(COUNT))),
  );
  await Deno.writeTextFile(join(folder, "program.ts"), PROGRAM);
  const { success, output, complaints } = await runChecked("program.ts", [], folder);
  assert.ok(success, complaints);
  console.log(output.trim());
  const { columns, sums: [sums], one: [one] } = JSON.parse(output);
  const types = Object.fromEntries(
    columns.map((row: Record<string, string>) => [row.column_name, row.column_type]),
  );
  assert.deepEqual(Object.keys(types), CANDLE_FIELDS.map(({ wire }) => wire));
  assert.equal(types.timestamp, "TIMESTAMP WITH TIME ZONE");
  assert.equal(types.open, "DECIMAL(38,18)");
  assert.equal(types.quote_volume, "DECIMAL(38,22)");
  assert.equal(types.trades, "BIGINT");
  assert.equal(types.exact, "BOOLEAN");
  const all = Array.from({ length: COUNT }, (_, index) => candle(index));
  const known = all.filter(({ exact }) => exact).length;
  assert.deepEqual({ ...sums, volume: bare(sums.volume), quote_volume: bare(sums.quote_volume) }, {
    count: COUNT,
    known,
    volume: sum(all.map(({ volume }) => volume)),
    quote_volume: sum(all.map(({ quoteVolume }) => quoteVolume)),
    exact: known,
    products: 1,
    first: `${FIRST}`,
    last: `${FIRST + 60 * (COUNT - 1)}`,
    last_trade_id: `${Number.MAX_SAFE_INTEGER}`,
  });
  assert.deepEqual(one, {
    high: "99999999999999999999.123456789012345678",
    low: "0.000000000000000001",
  });
});

Deno.test("downloads - a Parquet file comes in pieces, and one without candles is a file too", async () => {
  const pieces = [];
  for await (const piece of parquetChunks(candles(20_000))) pieces.push(piece.byteLength);
  assert.ok(pieces.length >= 5 && Math.max(...pieces) < 1_000_000, `${pieces}`);
  const empty = await Array.fromAsync(parquetChunks(candles(0)));
  const bytes = await new Blob(empty).bytes();
  assert.deepEqual(new TextDecoder().decode(bytes.slice(0, 4)), "PAR1");
  assert.deepEqual(new TextDecoder().decode(bytes.slice(-4)), "PAR1");
});

Deno.test("downloads - a number with more digits than its column breaks the file off, by name", async () => {
  for (const volume of ["0.0000000000000000001", "100000000000000000000"]) {
    const one = (async function* () {
      yield [sampleCandle({ volume: decimal(volume) })];
    })();
    await assert.rejects(Array.fromAsync(parquetChunks(one)), {
      message: `${volume} does not fit DECIMAL(38, 18) of volume`,
    });
  }
});
