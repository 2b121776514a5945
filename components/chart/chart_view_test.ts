import assert from "node:assert/strict";
import { chartQuery, ownPanes } from "./chart_view.ts";
import { readChartView } from "./read_chart_view.ts";

function read(text: string) {
  const query = new URLSearchParams(text);
  return readChartView((name) => query.get(name));
}

Deno.test("chart view - a view is read from what it was written as", () => {
  const text = "?granularity=ONE_HOUR&style=heikin&indicators=ema:21,rsi:14&scale=log&zone=local";
  const { view, problems } = read(text);
  assert.equal(chartQuery("ONE_HOUR", view), text);
  assert.equal(ownPanes(view), 1);
  assert.deepEqual(problems, []);
});

Deno.test("chart view - nonsense is the plain view, whose address is short, and is named", () => {
  const { view, problems } = read("indicators=x&scale=cubic&zone=moon&style=" + "y".repeat(99));
  assert.deepEqual(view, { style: "candles", indicators: [], scale: "linear", zone: "utc" });
  assert.equal(chartQuery("ONE_DAY", view), "?granularity=ONE_DAY");
  assert.deepEqual(problems.map(({ name }) => name), ["indicators", "style", "scale", "zone"]);
  assert.deepEqual(problems.slice(1).map(({ message }) => message), [
    `No style: “${"y".repeat(40)}”. There are candles, hollow, bars, heikin, line, area.`,
    "No scale: “cubic”. There are linear, log, percent.",
    "No zone: “moon”. There are utc, local.",
  ]);
});
