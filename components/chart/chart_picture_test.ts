import assert from "node:assert/strict";
import { decimal, toNumber } from "../../lib/candles/decimal.ts";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { productId } from "../../lib/candles/product.ts";
import { INDICATOR_KINDS } from "../../lib/indicators/indicator_table.ts";
import { parseIndicators } from "../../lib/indicators/parse_indicators.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { CHART_BOX as BOX } from "./chart_box.ts";
import { chartPicture, pictureCandles } from "./chart_picture.ts";
import type { ChartView } from "./chart_view.ts";
import { CHART_STYLES, PLAIN_VIEW } from "./chart_view.ts";

const MIDNIGHT = 1_704_067_200;

const CANDLES = Array.from({ length: 400 }, (_, index) => {
  const price = (at: number) => 100 + 20 * Math.sin(at / 15) + at / 20;
  const text = (value: number) => decimal(value.toFixed(4));
  return sampleCandle({
    granularity: "FIVE_MINUTE",
    start: epochSeconds(MIDNIGHT + index * 300),
    open: text(price(index)),
    close: text(price(index + 1)),
    high: text(price(index) + 3),
    low: text(price(index) - 3),
    volume: text(5 + index % 7),
  });
});

function view(indicators: string, rest: Partial<ChartView> = {}): ChartView {
  return { ...PLAIN_VIEW, ...rest, indicators: parseIndicators(indicators).indicators };
}

function pictureOf(look: ChartView) {
  const picture = chartPicture(CANDLES, 120, look, BOX);
  assert.ok(picture !== null);
  return picture;
}

for (const kind of INDICATOR_KINDS) {
  Deno.test(`chart picture - ${kind.name} is drawn within its plot from the first candle on`, () => {
    const { lines, panes, studies } = pictureOf(view(kind.name));
    const drawn = kind.pane === "own" ? panes[0]?.lines ?? [] : lines;
    assert.ok(drawn.length > 0);
    assert.equal(panes.length, kind.pane === "own" ? 1 : 0);
    assert.equal(studies.length, kind.pane === "own" ? 0 : 1);
    const height = kind.pane === "own" ? 100 : BOX.height;
    const path = drawn.map(({ path }) => path).join("");
    assert.doesNotMatch(path, /NaN|Infinity|null|undefined/);
    const points = [...path.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    assert.ok(points.every(([, y = NaN]) => y >= 0 && y <= height), path.slice(0, 200));
    assert.ok(Math.min(...points.map(([x = NaN]) => x)) < 10);
  });
}

Deno.test("chart picture - the cloud is drawn ahead of the candles, for which there is room", () => {
  const [plain, cloud] = [pictureOf(PLAIN_VIEW), pictureOf(view("ichimoku"))];
  const last = (picture: typeof plain) => picture.paths.centers.at(-1) ?? 0;
  assert.ok(last(cloud) < last(plain) - 150);
  const ends = cloud.lines.map(({ path }) =>
    Math.max(...[...path.matchAll(/[ML]([\d.]+) /g)].map(([, x]) => Number(x)))
  );
  assert.ok(Math.max(...ends) > last(cloud) + 150 && Math.max(...ends) <= BOX.width);
});

for (const style of CHART_STYLES) {
  Deno.test(`chart picture - ${style} are drawn in each scale`, () => {
    for (const scale of ["linear", "log", "percent"] as const) {
      const { paths } = pictureOf(view("", { style, scale }));
      const { upWicks, downWicks, upBodies, upOutlines, line, area } = paths;
      const isLine = style === "line" || style === "area";
      assert.equal(line !== "", isLine);
      assert.equal(area !== "", style === "area");
      assert.equal(upWicks !== "" && downWicks !== "", !isLine);
      assert.equal(upBodies !== "", style === "candles" || style === "heikin");
      assert.equal(upOutlines !== "", style === "hollow");
      assert.doesNotMatch(JSON.stringify(paths), /NaN|Infinity|null/);
      assert.ok(paths.scale.length > 1);
    }
  });
}

Deno.test("chart picture - percent are of the first price in sight, a logarithm's steps shrink upwards", () => {
  const percent = pictureOf(view("", { scale: "percent" })).paths;
  const first = CANDLES[280];
  assert.ok(first !== undefined);
  const none = percent.scale.find(({ value }) => value === 0);
  assert.equal(none?.y, percent.y(Number(first.close.units) / 10 ** first.close.scale));
  const log = pictureOf(view("", { scale: "log" })).paths.scale.map(({ y }) => y);
  const [low = 0, next = 0] = log;
  const [before = 0, high = 0] = log.slice(-2);
  assert.ok(low - next > before - high);
});

Deno.test("chart picture - a falling SuperTrend is one line, a rising one another", () => {
  const inks = new Set(pictureOf(view("supertrend")).lines.map(({ ink }) => ink));
  assert.deepEqual([...inks].sort(), ["down", "up"]);
});

Deno.test("chart picture - it takes as many candles as its indicators need before it, within bounds", () => {
  const take = (indicators: string) => pictureCandles(120, view(indicators), 60);
  assert.equal(take(""), 120);
  assert.equal(take("sma:50"), 169);
  assert.equal(take("vwap"), 120 + 1440);
  assert.equal(take("rsi:500,adx:500"), 120 + 1440);
  assert.equal(pictureCandles(120, view("vwap"), 86_400), 121);
});

Deno.test("chart picture - compared products begin at the chart's own price, in percent", () => {
  const other = (id: string, factor: number) => ({
    productId: productId(id),
    candles: CANDLES.map((candle) => ({
      ...candle,
      productId: productId(id),
      close: decimal((toNumber(candle.close) * factor).toFixed(6)),
    })),
  });
  const compare = [productId("ETH-USD"), productId("SOL-USD")];
  const none = { productId: productId("NEW-USD"), candles: [] };
  const look = view("sma:2", { compare, scale: "log" });
  const others = [other("ETH-USD", 0.05), other("SOL-USD", 3), none];
  const picture = chartPicture(CANDLES, 120, look, BOX, others);
  const [eth, sol, fresh, sma] = picture?.lines ?? [];
  assert.equal(eth?.path.slice(0, 40), sol?.path.slice(0, 40));
  assert.deepEqual([eth?.ink, sol?.ink, sma?.ink], ["compare-1", "compare-2", 1]);
  assert.equal(fresh?.path, "");
  const first = Number(/^M[\d.]+ ([\d.]+)/.exec(eth?.path ?? "")?.[1]);
  const zero = picture?.paths.scale.find(({ value }) => value === 0)?.y ?? NaN;
  assert.ok(Math.abs(first - zero) <= 0.1, `${first} is not ${zero}`);
  const rows = picture?.studies.map(({ title, unit, values: [one] }) => [
    title,
    unit,
    one?.value?.toFixed(4) ?? null,
  ]);
  const own = rows?.[0]?.[2];
  assert.deepEqual(rows?.slice(0, 4), [
    ["BTC-USD", "percent", own],
    ["ETH-USD", "percent", own],
    ["SOL-USD", "percent", own],
    ["NEW-USD", "percent", null],
  ]);
});

Deno.test("chart picture - no candles are no picture, and few candles no indicator", () => {
  assert.equal(chartPicture([], 120, view("rsi"), BOX), null);
  const few = chartPicture(CANDLES.slice(0, 3), 120, view("rsi,sma,ichimoku"), BOX);
  assert.deepEqual(few?.panes.map(({ lines, scale }) => [lines, scale]), [[[], []]]);
});
