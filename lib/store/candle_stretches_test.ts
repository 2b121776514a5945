import assert from "node:assert/strict";
import fc from "fast-check";
import { withServers } from "../../tests/servers.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import type { Candle } from "../candles/candle.ts";
import { decimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { type Multiple, parseMultiple } from "../candles/multiple.ts";
import { RangeBuilder } from "../candles/range_builder.ts";
import { type Stretch, stretchOf } from "../candles/stretch.ts";
import { encodeCandle, type WireCandle } from "../candles/wire.ts";
import { openStore } from "./store.ts";

/** A Monday, 00:00. */
const BEGIN = 1_704_067_200;

/** How a minute follows another: after how many quiet ones, with contiguous ids or not, known or not. */
const step = fc.record({
  skipped: fc.constantFrom(0, 0, 0, 1, 2, 9),
  missing: fc.constantFrom(0, 0, 0, 1),
  trades: fc.integer({ min: 1, max: 5 }),
  exact: fc.constantFrom(true, true, true, false),
  exchange: fc.constantFrom(false, false, false, false, false, true),
  price: fc.integer({ min: 1, max: 10 ** 9 }),
  size: fc.integer({ min: 0, max: 10 ** 15 }),
  scale: fc.constantFrom(0, 2, 8, 18),
  revision: fc.nat(3),
});

Deno.test(
  "stretches - merged by PostgreSQL, candles are those that are merged from their parts one by one",
  withServers(async ({ database }) => {
    await using store = await openStore(await database(), { log: SILENT });
    await store.ready();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 60 }),
        fc.constantFrom("2m", "7m", "77m", "THREE_MINUTE"),
        fc.nat(80),
        async (steps, name, apart) => {
          const productId = sampleCandle().productId;
          const multiple = multipleOf(name);
          // Each run has its own stretch of time.
          const parts = minutes(steps, BEGIN + runs++ * 30 * 86_400);
          await store.candles.upsert(parts);
          const first = parts[0]?.start ?? epochSeconds(0);
          const last = parts.at(-1)?.start ?? first;
          const stretches = await store.stretches.newest({
            productId,
            multiple,
            start: first,
            end: epochSeconds(last + 60),
            apart: epochSeconds(first + apart * 60),
            parts: 10_000,
            buckets: 10_000,
          });
          assert.deepEqual(built(multiple, stretches), built(multiple, parts.map(stretchOf)));
        },
      ),
      { numRuns: 150 },
    );
  }),
);

Deno.test(
  "stretches - no more parts are read and no more buckets returned than requested, the newest ones",
  withServers(async ({ database }) => {
    await using store = await openStore(await database(), { log: SILENT });
    await store.ready();
    const walk = fc.sample(step, { numRuns: 700, seed: 7 });
    const parts = minutes(walk.map((one) => ({ ...one, skipped: 0 })), BEGIN);
    await store.candles.upsert(parts);
    const multiple = multipleOf("7m");
    const query = { productId: sampleCandle().productId, multiple, apart: null };
    const few = await store.stretches.newest({ ...query, parts: 10_000, buckets: 5 });
    assert.ok(few.length >= 5 && few.length <= 7, `${few.length}`);
    assert.equal(few.at(-1)?.last.start, parts.at(-1)?.start);
    const cut = await store.stretches.newest({ ...query, parts: 10, buckets: 5 });
    assert.equal(cut[0]?.first.start, parts.at(-10)?.start);
  }),
);

const SILENT = { info() {}, warn() {}, error() {} };

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Closed minutes, the first of them after `begin` (epoch seconds). */
function minutes(steps: readonly Step[], begin: number): Candle[] {
  let minute = 0;
  let id = 1000;
  return steps.map((one): Candle => {
    minute += 1 + one.skipped;
    const firstTradeId = id + 1 + one.missing;
    id = firstTradeId + one.trades - 1;
    const price = (plus: number) => decimal(scaled(one.price + plus, one.scale));
    const sum = decimal(scaled(one.size, one.scale));
    const known = one.exchange
      ? { trades: null, quoteVolume: null, buyVolume: null, firstTradeId: null, lastTradeId: null }
      : { trades: one.trades, quoteVolume: sum, buyVolume: sum, firstTradeId, lastTradeId: id };
    return sampleCandle({
      start: epochSeconds(begin + minute * 60),
      open: price(1),
      high: price(3),
      low: price(0),
      close: price(2),
      volume: sum,
      exact: one.exact && !one.exchange,
      revision: one.revision,
      ...known,
    });
  });
}

/** A whole number as one with `scale` decimal places. */
function scaled(units: number, scale: number): string {
  const digits = `${units}`.padStart(scale + 1, "0");
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function built(multiple: Multiple, stretches: readonly Stretch[]): string[] {
  const builder = new RangeBuilder({ multiple, from: null, before: null, fill: true });
  const candles: WireCandle[] = stretches.flatMap((stretch) => [...builder.push(stretch)]);
  return [...candles, ...builder.finish(epochSeconds(0), null)].map(encodeCandle);
}

function multipleOf(text: string): Multiple {
  const multiple = parseMultiple(text);
  assert.ok(multiple !== null);
  return multiple;
}
