import assert from "node:assert/strict";
import { isRepaired } from "./harness/repaired.ts";
import { scenario } from "./harness/scenario.ts";
import { until } from "./harness/wait.ts";
import { LibraryChart } from "./library_chart.ts";

// Slow: minutes close before and after a restart, and what was missed is repaired in between.

const adapter: typeof import("../static/adapters/rs-charts.d.ts") = await import(
  `${new URL("../static/adapters/rs-charts.js", import.meta.url)}`
);

interface HistoryCandle {
  readonly timestamp: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly is_complete: boolean;
}

for (const how of ["terminate", "kill"] as const) {
  Deno.test(
    `chart adapter - over ${
      how === "kill" ? "SIGKILL" : "SIGTERM"
    } the library's chart keeps no hole and no wrong candle, up to the minute that closed last`,
    scenario({}, async (it) => {
      const chart = new LibraryChart();
      const subscription = new adapter.LiveCandleSubscription(it.app.url);
      await it.app.whenReady();
      it.time.speed = 40;
      try {
        await subscription.subscribe("BTC-USD", "ONE_MINUTE", (candle) => chart.update(candle));
        await until("some minutes", () => chart.candles.length >= 3);
        // A busy machine repairs what was missed before many minutes pass.
        it.time.speed = 1;
        await it.app[how]();
        const before = chart.candles.length;
        await it.startApp().whenReady();
        await until("nothing left to repair", () => isRepaired(it.app));
        it.time.speed = 40;
        await until("minutes after that", () => chart.candles.length >= before + 4, {
          timeoutMs: 60_000,
        });
        it.time.speed = 0;
      } finally {
        subscription.dispose();
      }
      const starts = chart.candles.map(({ timestamp }) => timestamp);
      const query = `product=BTC-USD&granularity=ONE_MINUTE&start=${starts[0]}&limit=1000`;
      const answer = await it.app.request(`/api/candles?${query}`);
      const { candles }: { candles: readonly HistoryCandle[] } = JSON.parse(answer?.text ?? "{}");
      // The newest one is still live: time stopped when it began, a moment after the one before it
      // had closed.
      const newest = chart.candles.at(-1);
      assert.ok(newest);
      const closed = candles.filter(({ timestamp }) => timestamp < newest.timestamp);
      const kept = closed.flatMap(({ timestamp }) => chart.at(timestamp) ?? []);
      assert.deepEqual(kept.map(figures), closed.map(figures));
      assert.ok(closed.at(-1)?.is_complete);
      assert.equal(chart.candles.length, closed.length + 1);
      assert.equal(
        candles.find(({ timestamp }) => timestamp === newest.timestamp)?.open,
        newest.open,
      );
    }),
  );
}

type Figures = Omit<HistoryCandle, "is_complete">;

function figures({ timestamp, open, high, low, close, volume }: Figures): readonly number[] {
  return [timestamp, open, high, low, close, volume];
}
