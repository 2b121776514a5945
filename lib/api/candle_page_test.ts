import assert from "node:assert/strict";
import fc from "fast-check";
import { type Candle, supersedes } from "../candles/candle.ts";
import { decimal } from "../candles/decimal.ts";
import { type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import { type Multiple, multipleStart, parseMultiple } from "../candles/multiple.ts";
import { productId } from "../candles/product.ts";
import { RangeBuilder } from "../candles/range_builder.ts";
import { stretchOf } from "../candles/stretch.ts";
import { encodeCandle, type WireCandle } from "../candles/wire.ts";
import { fillEnd, pageCost, pageLimit, rangeEnd, readCandlePage } from "./candle_page.ts";
import type { CandleRequest } from "./candle_request.ts";
import { at, minute, NOW, withApi } from "./test_api.ts";

type State = "exact" | "inexact" | "live" | "exchange";

const step = fc.record({
  skipped: fc.constantFrom(0, 0, 0, 1, 2, 11),
  broken: fc.constantFrom(false, false, false, true),
  state: fc.constantFrom<State>("exact", "exact", "exact", "inexact", "exchange"),
  price: fc.integer({ min: 1, max: 999_999 }),
});

const requested = fc.record({
  name: fc.constantFrom<string>("1m", "2m", "3m", "7m", "77m"),
  start: fc.option(fc.integer({ min: -10, max: 60 })),
  length: fc.option(fc.integer({ min: 1, max: 90 })),
  limit: fc.integer({ min: 1, max: 9 }),
  fill: fc.boolean(),
});

/** The hub's candle relative to the newest stored one: minutes later, and its state. */
const hub = fc.option(fc.record({
  later: fc.constantFrom(0, 1, 2),
  state: fc.constantFrom<State>("live", "inexact", "exact"),
}));

Deno.test(
  "candle page - whatever is stored, a page is the newest candles of the whole range, merged part by part",
  withApi(async ({ archive, store, sql, current }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        requested,
        hub,
        async (steps, query, live) => {
          await sql`DELETE FROM candles`;
          current.length = 0;
          const parts = walk(steps);
          await store.candles.upsert(parts);
          const newest = parts.at(-1);
          if (live !== null && newest !== undefined) {
            const index = (newest.start - at(0)) / 60;
            // The hub's candle of an exact stored one has its trades, and perhaps fewer of them.
            const candle = live.later === 0 && newest.exact
              ? newest
              : minute(index + live.later, 500, {});
            current.push(stated(candle, live.state));
          }
          const request = requestOf(query);
          const page = await readCandlePage(archive, request, query.limit, NOW);
          const known = overlaid(parts, current.at(-1) ?? null);
          const whole = wholeRange(known, request, rangeEnd(archive, request, NOW));
          assert.deepEqual(
            page.candles.map(encodeCandle),
            whole.slice(-query.limit).map(encodeCandle),
          );
          assert.equal(page.next !== null, whole.length > query.limit);
          if (page.final) {
            assert.ok(page.candles.every(({ exact, isComplete }) => exact && isComplete));
          }
        },
      ),
      { numRuns: 200 },
    );
  }),
);

Deno.test("candle page - no page costs more than 20,001 rows, however long its candles are", () => {
  for (const name of ["1m", "7m", "799m", "1399m", "1439m", "31d"]) {
    const request = requestOf({ name, start: null, length: null, limit: 1000, fill: false });
    const { multiple } = request;
    assert.ok(pageLimit(1000, multiple) >= 1);
    const archive = { current: () => null };
    assert.ok(pageCost(archive, request, 1000, NOW) <= 20_001, name);
    const range = requestOf({ name, start: 0, length: 1, limit: 1000, fill: false });
    assert.equal(pageCost(archive, range, 1000, NOW), Math.max(100, multiple.parts + 1));
  }
});

function walk(steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]): Candle[] {
  let index = 0;
  let nth = 0;
  return steps.map(({ skipped, broken, state, price }) => {
    index += 1 + skipped;
    nth += broken ? 2 : 1;
    const at = (value: number) => decimal(value.toFixed(2));
    const prices = {
      open: at(price),
      high: at(price + 2),
      low: at(price / 2),
      close: at(price + 1),
    };
    return stated(minute(index, nth, prices), state);
  });
}

function stated(candle: Candle, state: State): Candle {
  if (state === "exact") return candle;
  const open = { ...candle, exact: false, isComplete: state !== "live" };
  if (state !== "exchange") return open;
  const unknown = { trades: null, quoteVolume: null, buyVolume: null };
  return { ...open, ...unknown, firstTradeId: null, lastTradeId: null };
}

function requestOf(
  { name, start, length, limit, fill }: typeof requested extends fc.Arbitrary<infer T> ? T : never,
): CandleRequest {
  const multiple = multipleOf(name);
  const from = start === null ? null : multipleStart(at(start), multiple);
  const end = length === null
    ? null
    : epochSeconds(multipleStart(at(start ?? 0), multiple) + length * multiple.seconds);
  return {
    productId: productId("BTC-USD"),
    multiple,
    start: from,
    end,
    limit,
    fill,
    format: "json",
    isoTimes: false,
  };
}

/** The stored candles with the hub's on top, as an archive has them. */
function overlaid(parts: readonly Candle[], current: Candle | null): readonly Candle[] {
  const newest = parts.at(-1);
  if (current === null || newest === undefined || !supersedes(current, newest)) return parts;
  return [...parts.filter(({ start }) => start < current.start), current];
}

function wholeRange(
  known: readonly Candle[],
  request: CandleRequest,
  until: EpochSeconds,
): readonly WireCandle[] {
  const { multiple, start, end, fill } = request;
  const before = known.findLast((part) => part.start < (start ?? 0));
  const after = end === null ? undefined : known.find((part) => part.start >= end);
  const builder = new RangeBuilder({
    multiple,
    from: start,
    before: before === undefined ? null : stretchOf(before),
    fill,
  });
  const inside = known.filter((part) =>
    part.start >= (start ?? 0) && part.start < (end ?? Infinity)
  );
  return [
    ...inside.flatMap((part) => [...builder.push(stretchOf(part))]),
    ...builder.finish(fillEnd(until, NOW, multiple), after ?? null),
  ];
}

function multipleOf(text: string): Multiple {
  const multiple = parseMultiple(text);
  assert.ok(multiple !== null);
  return multiple;
}
