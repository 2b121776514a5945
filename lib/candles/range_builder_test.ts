import assert from "node:assert/strict";
import fc from "fast-check";
import type { Candle } from "./candle.ts";
import { decimal, formatDecimal } from "./decimal.ts";
import { epochSeconds } from "./granularity.ts";
import { type Multiple, parseMultiple } from "./multiple.ts";
import { productId } from "./product.ts";
import { RangeBuilder, type RangeOptions } from "./range_builder.ts";
import { stretchOf } from "./stretch.ts";
import type { WireCandle } from "./wire.ts";

const BEGIN = 1_704_067_200;

Deno.test("range builder - ninety minutes are the merge of three half hours, exact if they are and their ids are contiguous", () => {
  const built = build("90m", [
    part(0, { open: "5", high: "9", low: "4", close: "6", volume: "0.1", firstId: 1, lastId: 10 }),
    part(30, {
      open: "6",
      high: "7",
      low: "1",
      close: "2",
      volume: "0.2",
      firstId: 11,
      lastId: 20,
    }),
    part(60, {
      open: "2",
      high: "3",
      low: "2",
      close: "3",
      volume: "0.3",
      firstId: 21,
      lastId: 30,
    }),
  ]);
  assert.deepEqual(built.map(plain), [
    {
      start: 0,
      open: "5",
      high: "9",
      low: "1",
      close: "3",
      volume: "0.6",
      exact: true,
      over: true,
    },
  ]);
  assert.equal(built[0]?.granularity, "NINETY_MINUTE");
  assert.deepEqual([built[0]?.firstTradeId, built[0]?.lastTradeId, built[0]?.trades], [1, 30, 30]);
});

Deno.test("range builder - a missing part leaves a merged candle inexact unless the ids are contiguous across it", () => {
  const quiet = build("90m", [part(0, { firstId: 1, lastId: 10 }), part(60, { firstId: 11 })]);
  const lost = build("90m", [part(0, { firstId: 1, lastId: 10 }), part(60, { firstId: 99 })]);
  assert.deepEqual([quiet[0]?.exact, lost[0]?.exact], [true, false]);
});

Deno.test("range builder - parts missing at a bucket's edges are proven empty by the candles beside it", () => {
  const middle = part(30, { firstId: 11, lastId: 20 });
  const before = stretchOf(part(-30, { firstId: 1, lastId: 10 }));
  const cut = stretchOf(part(-30, { firstId: 1, lastId: 9 }));
  const after = part(90, { firstId: 21, lastId: 30 });
  const exact = (options: Partial<RangeOptions>, next: Candle | null) =>
    build("90m", [middle], options, next).map((candle) => candle.exact);
  assert.deepEqual(exact({ before }, after), [true]);
  assert.deepEqual(exact({ before: null }, after), [false]);
  assert.deepEqual(exact({ before }, null), [false]);
  assert.deepEqual(exact({ before: cut }, after), [false]);
});

Deno.test("range builder - the newest bucket is complete only when its last part is, or something came after it", () => {
  const first = part(0, {});
  assert.deepEqual(build("1h", [first]).map(plain).map(({ over }) => over), [false]);
  assert.deepEqual(build("1h", [first], {}, part(60, {})).map(({ isComplete }) => isComplete), [
    true,
  ]);
  const live = { ...part(30, {}), isComplete: false, exact: false };
  assert.deepEqual(build("1h", [first, live]).map(({ isComplete }) => isComplete), [false]);
});

Deno.test("range builder - quiet buckets repeat the close before them, and are exact where the ids prove them quiet", () => {
  const built = build(
    "30m",
    [part(30, { close: "7", firstId: 11, lastId: 20 }), part(120, { firstId: 21, lastId: 30 })],
    {
      fill: true,
      from: at(0),
      before: stretchOf(part(-60, { close: "3", firstId: 5, lastId: 9 })),
    },
    null,
    at(180),
  );
  assert.deepEqual(
    built.map((
      candle,
    ) => [minutes(candle), formatDecimal(candle.close), candle.trades, candle.exact]),
    [
      [0, "3", 0, false],
      [30, "7", 10, true],
      [60, "7", 0, true],
      [90, "7", 0, true],
      [120, "1", 10, true],
      [150, "1", 0, false],
    ],
  );
});

Deno.test("range builder - nothing is filled before a product's first trade", () => {
  const built = build("30m", [part(60, {})], { fill: true, from: at(0) });
  assert.deepEqual(built.map(minutes), [60]);
});

Deno.test("range builder - a range is proven only if its candles are exact and no trade can be missing from it", () => {
  const parts = [part(0, { firstId: 1, lastId: 10 }), part(60, { firstId: 11, lastId: 20 })];
  const after = part(120, { firstId: 21, lastId: 30 });
  const proven = (parts: readonly Candle[], next: Candle | null, from: number | null = 0) => {
    const { builder } = pushed("30m", parts, { from: from === null ? null : at(from) });
    return builder.isProven(at(120), next);
  };
  assert.equal(proven(parts, after), true);
  assert.equal(proven(parts, null), false);
  assert.equal(proven(parts, { ...after, firstTradeId: 22 }), false);
  assert.equal(proven(parts, after, null), false);
  assert.equal(proven(parts, after, -30), false);
  assert.equal(proven(parts.map((part) => ({ ...part, exact: false })), after), false);
  assert.equal(proven([...parts, part(90, { firstId: 21, lastId: 30 })], null), true);
});

Deno.test("range builder - merging in two steps gives what merging in one gives", () => {
  const walk = fc.array(fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.boolean()), {
    minLength: 12,
    maxLength: 48,
  });
  fc.assert(fc.property(walk, (steps) => {
    const kept = steps.flatMap(([price, traded], index) =>
      traded
        ? [
          part(index * 30, { close: `${price}`, open: "50", high: "100000", volume: `0.${price}` }),
        ]
        : []
    );
    const once = build("6h", kept);
    const hours = build("1h", kept).map((candle): Candle => ({
      ...candle,
      granularity: "ONE_HOUR",
    }));
    const twice = build("6h", hours, { multiple: multipleOf("6h", "ONE_HOUR") });
    assert.deepEqual(once.map(figures), twice.map(figures));
  }));
});

interface PartValues {
  readonly open?: string;
  readonly high?: string;
  readonly low?: string;
  readonly close?: string;
  readonly volume?: string;
  readonly firstId?: number;
  readonly lastId?: number;
}

/** A closed, exact half hour that starts some minutes after the beginning. */
function part(minute: number, values: PartValues): Candle {
  const { open = "1", high = "1", low = "1", close = "1", volume = "1" } = values;
  const { firstId = 1, lastId = firstId + 9 } = values;
  return {
    productId: productId("BTC-USD"),
    granularity: "THIRTY_MINUTE",
    start: at(minute),
    open: decimal(open),
    high: decimal(high),
    low: decimal(low),
    close: decimal(close),
    volume: decimal(volume),
    trades: lastId - firstId + 1,
    quoteVolume: decimal(volume),
    buyVolume: decimal("0"),
    firstTradeId: firstId,
    lastTradeId: lastId,
    isComplete: true,
    exact: true,
    revision: 0,
  };
}

function at(minute: number) {
  return epochSeconds(BEGIN + minute * 60);
}

function multipleOf(text: string, of: Multiple["of"] = "THIRTY_MINUTE"): Multiple {
  const multiple = parseMultiple(text);
  assert.ok(multiple !== null);
  return { ...multiple, of };
}

function pushed(text: string, parts: readonly Candle[], options: Partial<RangeOptions>) {
  const multiple = multipleOf(text);
  const builder = new RangeBuilder({ multiple, from: null, before: null, fill: false, ...options });
  return { builder, candles: parts.flatMap((part) => [...builder.push(stretchOf(part))]) };
}

function build(
  text: string,
  parts: readonly Candle[],
  options: Partial<RangeOptions> = {},
  after: Candle | null = null,
  until = at(0),
): WireCandle[] {
  const { builder, candles } = pushed(text, parts, options);
  return [...candles, ...builder.finish(until, after)];
}

function minutes({ start }: WireCandle): number {
  return (start - BEGIN) / 60;
}

function figures({ start, open, high, low, close, volume, quoteVolume, trades }: WireCandle) {
  const [decimals] = [[open, high, low, close, volume, quoteVolume ?? volume].map(formatDecimal)];
  return { start, decimals, trades };
}

function plain(candle: WireCandle) {
  const { open, high, low, close, volume, exact, isComplete } = candle;
  return {
    start: minutes(candle),
    open: formatDecimal(open),
    high: formatDecimal(high),
    low: formatDecimal(low),
    close: formatDecimal(close),
    volume: formatDecimal(volume),
    exact,
    over: isComplete,
  };
}
