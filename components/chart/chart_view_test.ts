import assert from "node:assert/strict";
import { chartQuery, ownPanes, parseChartView } from "./chart_view.ts";

Deno.test("a view is read from what it was written as", () => {
  const text = "?granularity=ONE_HOUR&indicators=ema:21,rsi:14&scale=log&zone=local";
  const view = parseChartView(new URLSearchParams(text));
  assert.equal(chartQuery("ONE_HOUR", view), text);
  assert.equal(ownPanes(view), 1);
});

Deno.test("nonsense is the plain view, whose address is short", () => {
  const view = parseChartView(new URLSearchParams("indicators=x&scale=cubic&zone=moon"));
  assert.deepEqual(view, { indicators: [], scale: "linear", zone: "utc" });
  assert.equal(chartQuery("ONE_DAY", view), "?granularity=ONE_DAY");
});
