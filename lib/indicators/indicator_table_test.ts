import assert from "node:assert/strict";
import fc from "fast-check";
import { INDICATOR_KINDS } from "./indicator_table.ts";
import { indicatorOf, settingsByName, usualIndicator } from "./parse_indicators.ts";
import { Sheet, type Traded } from "./sheet.ts";
import { Study, warmUp } from "./study.ts";
import { anyCandles } from "./test_candles.ts";
import { walk } from "./test_walk.ts";

/** Small settings, so that short walks reach every part of an indicator. */
const SMALL: Readonly<Record<string, readonly string[]>> = {
  keltner: ["3", "2", "2"],
  ichimoku: ["2", "3", "5"],
  macd: ["2", "4", "3"],
  stoch: ["3", "2", "2"],
  bb: ["3"],
  vwapbands: [],
};

for (const kind of INDICATOR_KINDS) {
  const small = SMALL[kind.name] ?? Object.values(kind.inputs).slice(0, 1).map(() => "3");
  const indicator = indicatorOf(kind, small);

  Deno.test(`indicators - ${kind.name} that is kept up to date is what all candles give in one go`, () => {
    assert.ok(typeof indicator !== "string", String(indicator));
    fc.assert(
      fc.property(
        anyCandles(40),
        fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true })),
        (candles, moves) => {
          const live = new Study(indicator);
          const known: Traded[] = [];
          for (const candle of candles) {
            known.push(candle);
            // The newest candle changes some times before the next one begins.
            for (const move of moves.slice(0, 2)) {
              const close = candle.close * move;
              known[known.length - 1] = {
                ...candle,
                close,
                high: Math.max(candle.high, close),
                low: Math.min(candle.low, close),
                volume: candle.volume / 2,
                quoteVolume: null,
              };
              live.fill(known, known.length - 1);
            }
            known[known.length - 1] = candle;
            live.fill(known, known.length - 1);
          }
          const whole = new Study(indicator);
          whole.fill(candles);
          assert.deepEqual(
            live.lines.map(({ column, trend }) => [column.cells, trend?.cells]),
            whole.lines.map(({ column, trend }) => [column.cells, trend?.cells]),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  // Of the balance only the course means anything: its height depends on where its candles begin.
  if (kind.name === "obv") continue;

  Deno.test(`indicators - ${kind.name} is the same from its warm-up on, wherever its candles begin`, () => {
    const usual = usualIndicator(kind);
    const lead = warmUp([usual], 600);
    const candles = walk(lead + 500);
    const from = 400;
    const [all, late] = [new Study(usual), new Study(usual)];
    all.fill(candles);
    late.fill(candles.slice(from));
    const scale = kind.unit === "volume" ? 10 : 100;
    for (let index = from + lead; index < candles.length; index++) {
      all.lines.forEach(({ column }, line) => {
        const [wanted, value] = [column.at(index), late.lines[line]?.column.at(index - from)];
        assert.ok(wanted !== null && typeof value === "number", `no value at ${index}`);
        assert.ok(
          Math.abs(wanted - value) < scale * 0.003,
          `${value} at ${index} is not ${wanted}`,
        );
      });
    }
  });
}

Deno.test("indicators - each has a name, a title and bounds that its usual settings keep", () => {
  assert.equal(new Set(INDICATOR_KINDS.map(({ name }) => name)).size, INDICATOR_KINDS.length);
  assert.equal(new Set(INDICATOR_KINDS.map(({ title }) => title)).size, INDICATOR_KINDS.length);
  for (const kind of INDICATOR_KINDS) {
    assert.match(kind.name, /^[a-z]+$/);
    for (const { least, usual, most } of Object.values(kind.inputs)) {
      assert.ok(least <= usual && usual <= most, kind.name);
    }
    const usual = usualIndicator(kind);
    assert.deepEqual(indicatorOf(kind, usual.settings.map(String)), usual);
    assert.ok(kind.compute(new Sheet(), settingsByName(kind, usual.settings)).length > 0);
    assert.ok(
      kind.fill === undefined || kind.fill.every((at) => at < new Study(usual).lines.length),
    );
  }
});
