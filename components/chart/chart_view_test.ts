import assert from "node:assert/strict";
import { chartQuery, ownPanes, PLAIN_VIEW, scaleOf } from "./chart_view.ts";
import { readChartView } from "./read_chart_view.ts";

function read(text: string) {
  const query = new URLSearchParams(text);
  return readChartView((name) => query.get(name));
}

Deno.test("chart view - a view is read from what it was written as", () => {
  const text =
    "?granularity=ONE_HOUR&style=heikin&indicators=ema:21,rsi:14&compare=ETH-USD,SOL-USD&scale=log&zone=local";
  const { view, problems } = read(text);
  assert.equal(chartQuery("ONE_HOUR", view), text);
  assert.equal(ownPanes(view), 1);
  assert.equal(scaleOf(view), "percent");
  assert.equal(scaleOf({ ...view, compare: [] }), "log");
  assert.deepEqual(problems, []);
});

Deno.test("chart view - nonsense is the plain view, whose address is short, and is named", () => {
  const { view, problems } = read("indicators=x&scale=cubic&zone=moon&style=" + "y".repeat(99));
  assert.deepEqual(view, PLAIN_VIEW);
  assert.equal(chartQuery("ONE_DAY", view), "?granularity=ONE_DAY");
  assert.deepEqual(problems.map(({ name }) => name), ["indicators", "style", "scale", "zone"]);
  assert.deepEqual(problems.slice(1).map(({ message }) => message), [
    `No style: “${"y".repeat(40)}…”. There are candles, hollow, bars, heikin, line, area.`,
    "No scale: “cubic”. There are linear, log, percent.",
    "No zone: “moon”. There are utc, local.",
  ]);
});

Deno.test("chart view - compared products are named once, and no more than can be distinguished", () => {
  const { view, problems } = read("compare=eth-usd,ETH-USD,,x,A-USD,B-USD,C-USD,D-USD,E-USD,<b>");
  assert.deepEqual(view.compare, ["ETH-USD", "A-USD", "B-USD", "C-USD", "D-USD"]);
  assert.deepEqual(problems.map(({ name }) => name), ["compare", "compare", "compare"]);
  assert.match(problems[0]?.message ?? "", /^No product id: “x”\. It is /);
  assert.equal(
    problems[1]?.message,
    "At most 5 products can be compared: “E-USD” is left out.",
  );
});
