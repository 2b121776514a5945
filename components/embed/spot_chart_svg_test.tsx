import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import type { Candle } from "../../lib/candles/candle.ts";
import { decimal } from "../../lib/candles/decimal.ts";
import { productId } from "../../lib/candles/product.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { SpotChart } from "./SpotChart.tsx";

function drawing(candles: readonly Candle[]): string {
  return renderToString(
    <SpotChart
      productId={productId("BTC-USD")}
      granularity="ONE_MINUTE"
      candles={candles}
      digits={2}
    />,
  );
}

Deno.test("spot chart - the server's chart needs no style sheet and no inline style, which a policy may refuse", () => {
  const html = drawing([sampleCandle()]);
  assert.match(html, /^<spot-chart id="chart-BTC-USD-ONE_MINUTE" product="BTC-USD"/);
  assert.doesNotMatch(html, /class=|style=|<script/);
  assert.match(html, /aria-label="BTC-USD, 1m candles, last price 42,200.00"/);
});

Deno.test("spot chart - it shows the exactness of the newest candle, whose line is within the picture", () => {
  const low = sampleCandle({ close: decimal("41800"), exact: false });
  assert.match(drawing([low]), /being proven/);
  assert.match(drawing([{ ...low, isComplete: false }]), /· live/);
  const height = Number(
    /M0 ([\d.]+)H776" stroke="[^"]*" stroke-dasharray/.exec(drawing([low]))?.[1],
  );
  assert.ok(height > 200 && height < 366, `${height}`);
});

Deno.test("spot chart - without candles there is still an element, which the first one replaces", () => {
  assert.match(
    drawing([]),
    /^<spot-chart id="chart-BTC-USD-ONE_MINUTE".*No candles of BTC-USD yet/,
  );
});
