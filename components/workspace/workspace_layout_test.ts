import assert from "node:assert/strict";
import { parseMultiple } from "../../lib/candles/multiple.ts";
import { productId } from "../../lib/candles/product.ts";
import {
  parseWorkspace,
  plainLayout,
  withCount,
  withoutChart,
  type WorkspaceLayout,
  workspaceQuery,
} from "./workspace_layout.ts";

const [BTC, ETH, SOL] = ["BTC-USD", "ETH-USD", "SOL-USD"].map(productId);

function layoutOf(search: string): WorkspaceLayout {
  const { layout, errors } = parseWorkspace(search);
  assert.deepEqual(errors, []);
  assert.ok(layout);
  return layout;
}

Deno.test("workspace layout - an address is read and written again as it was", () => {
  for (
    const search of [
      "?chart=BTC-USD/5m",
      "?chart=BTC-USD/1m&chart=BTC-USD/90m/indicators=ema:21,rsi:14/scale=log/zone=local&columns=40,60",
      "?chart=A-USD/1d&chart=B-USD/7d&chart=C-USD/4h&chart=D-USD/1m&columns=30.5,69.5&rows=20,80&link=none",
      "?chart=A-USD/1d&chart=B-USD/2h&link=crosshair",
      "?chart=A-USD/1d&chart=B-USD/2h&link=range",
    ]
  ) assert.equal(workspaceQuery(layoutOf(search)), search);
});

Deno.test("workspace layout - it is read as people write it", () => {
  const search = "?chart=btc-usd&chart=&chart=eth-usd/FOUR_HOUR&chart=%20SOL-USD/3600%20";
  assert.equal(
    workspaceQuery(layoutOf(search)),
    "?chart=BTC-USD/5m&chart=ETH-USD/4h&chart=SOL-USD/1h",
  );
  assert.deepEqual(parseWorkspace(""), { layout: null, errors: [] });
  assert.deepEqual(parseWorkspace("?utm_source=x"), { layout: null, errors: [] });
});

Deno.test("workspace layout - each bad value is named, and the rest stays", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["chart=BTC&chart=ETH-USD/5m", ["chart BTC"]],
    ["chart=BTC-USD/7s&chart=ETH-USD/5m", ["chart 7s"]],
    ["chart=ETH-USD/5m/indicators=ema:21,nope", ["chart indicators=ema:21,nope"]],
    ["chart=ETH-USD/5m/scale=cubic/zone=mars", ["chart scale=cubic", "chart zone=mars"]],
    ["chart=ETH-USD/5m/compare=SOL-USD,eth-usd", ["chart compare=SOL-USD,ETH-USD"]],
    ["chart=ETH-USD/5m/__proto__=1", ["chart __proto__=1"]],
    ["chart=ETH-USD/5m&columns=60,40", ["columns 60,40"]],
    ["chart=ETH-USD/5m&link=all", ["link all"]],
    ["chart=ETH-USD/5m&link=", ["link "]],
    ["chart=ETH-USD/5m" + "&chart=ETH-USD/5m".repeat(9), ["chart 10 charts"]],
  ];
  for (const [search, wrong] of cases) {
    const { layout, errors } = parseWorkspace(`?${search}`);
    assert.deepEqual(errors.map(({ parameter, value }) => `${parameter} ${value}`), wrong, search);
    assert.ok(errors.every(({ allowed }) => allowed.length > 0));
    assert.ok(layout !== null, search);
    assert.deepEqual(parseWorkspace(workspaceQuery(layout)).errors, [], "what is left is good");
  }
});

Deno.test("workspace layout - a bad part of a list is explained, and its good parts stay", () => {
  const { layout, errors } = parseWorkspace(
    "?chart=ETH-USD/5m/indicators=ema:21,ema:0,rsi:x/compare=SOL-USD,nothing",
  );
  assert.deepEqual(errors.map(({ reason }) => reason), [
    "The period of EMA is a whole number from 2 to 500, not “0”. " +
    "The period of RSI is a whole number from 2 to 500, not “x”.",
    "No product id: “nothing”. It is BASE-QUOTE in capitals and digits, such as BTC-USD.",
  ]);
  assert.ok(layout !== null);
  assert.equal(workspaceQuery(layout), "?chart=ETH-USD/5m/indicators=ema:21/compare=SOL-USD");
});

Deno.test("workspace layout - an address that is far too long is not parsed", () => {
  const { layout, errors } = parseWorkspace(`?${"chart=BTC-USD/5m&".repeat(1000)}`);
  assert.equal(layout, null);
  assert.equal(errors.length, 1);
});

Deno.test("workspace layout - nine charts with eight indicators each are allowed", () => {
  const chart =
    "chart=1000SATS-USDC/23h/indicators=sma:200,ema:210,bb:120:2.5,vwap,rsi:140,macd:120:260:90,ema:55,sma:99/scale=percent/zone=local";
  assert.equal(layoutOf(`?${Array.from({ length: 9 }, () => chart).join("&")}`).charts.length, 9);
});

Deno.test("workspace layout - more charts show products that are not shown yet, fewer the first ones", () => {
  const minutes = parseMultiple("5m");
  assert.ok(minutes && BTC && ETH && SOL);
  const two = plainLayout([ETH, BTC], minutes);
  const four = withCount(two, 4, [BTC, ETH, SOL]);
  assert.equal(
    workspaceQuery(four),
    "?chart=ETH-USD/5m&chart=BTC-USD/5m&chart=SOL-USD/5m&chart=BTC-USD/5m",
  );
  assert.deepEqual(withCount(four, 2, []), two);
  assert.equal(withCount(two, 9, [BTC]).charts.length, 9);
  assert.equal(withCount(two, 9, []).charts.length, 2, "without any product none is added");
});

Deno.test("workspace layout - sizes stay where the grid is the same, and the last chart stays", () => {
  const sized = layoutOf("?chart=A-USD/1m&chart=B-USD/1m&columns=30,70");
  const [one, none] = [withoutChart(sized, 0), withoutChart(withoutChart(sized, 0), 0)];
  assert.equal(workspaceQuery(one), "?chart=B-USD/1m");
  assert.deepEqual(none, one);
  const six = layoutOf(`?${"chart=A-USD/1m&".repeat(6)}columns=20,30,50`);
  assert.deepEqual(withoutChart(six, 5).columns, [20, 30, 50]);
});
