import assert from "node:assert/strict";
import { isRepaired } from "./harness/repaired.ts";
import { scenario } from "./harness/scenario.ts";
import { until } from "./harness/wait.ts";
import { LibraryChart } from "./library_chart.ts";

const adapter: typeof import("../static/adapters/rs-charts.d.ts") = await import(
  `${new URL("../static/adapters/rs-charts.js", import.meta.url)}`
);

interface HistoryCandle {
  readonly timestamp: number;
  readonly open: number;
  readonly close: number;
  readonly is_complete: boolean;
}

for (const how of ["terminate", "kill"] as const) {
  Deno.test(
    `chart adapter - over ${
      how === "kill" ? "SIGKILL" : "SIGTERM"
    } the library's chart keeps no hole, no old close and no wrong open`,
    scenario({}, async (it) => {
      const chart = new LibraryChart();
      const subscription = new adapter.LiveCandleSubscription(it.app.url);
      await it.app.whenReady();
      it.time.pace = 20;
      try {
        await subscription.subscribe("BTC-USD", "ONE_MINUTE", (candle) => chart.update(candle));
        await until("some minutes", () => chart.candles.length >= 3);
        // A busy machine repairs what was missed before many minutes pass.
        it.time.pace = 1;
        await it.app[how]();
        const before = chart.candles.length;
        await it.startApp().whenReady();
        await until("nothing left to repair", () => isRepaired(it.app));
        it.time.pace = 20;
        await until("minutes after that", () => chart.candles.length >= before + 4, {
          patienceMs: 60_000,
        });
        it.time.pace = 0;
      } finally {
        subscription.dispose();
      }
      const starts = chart.candles.map(({ timestamp }) => timestamp);
      const query = `product=BTC-USD&granularity=ONE_MINUTE&start=${starts[0]}&limit=1000`;
      const answer = await it.app.ask(`/api/candles?${query}`);
      const { candles }: { candles: readonly HistoryCandle[] } = JSON.parse(answer?.text ?? "{}");
      // The newest one is live still.
      const newest = starts.at(-1) ?? 0;
      const closed = candles.filter(({ timestamp }) => timestamp < newest);
      const shown = closed.map(({ timestamp }) => {
        const candle = chart.at(timestamp);
        return [timestamp, candle?.open, candle?.close];
      });
      assert.deepEqual(shown, closed.map(({ timestamp, open, close }) => [timestamp, open, close]));
      assert.equal(chart.candles.length, closed.length + 1);
    }),
  );
}
