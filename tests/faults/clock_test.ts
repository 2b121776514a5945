import { scenario, yesterdayAt } from "../harness/scenario.ts";

for (const [title, minutes] of [["behind", 10], ["ahead of", -10]] as const) {
  Deno.test(
    `clock faults - a machine whose clock is ten minutes ${title} the exchange's has every candle right`,
    scenario({ startAtMs: Date.now() + minutes * 60_000 }, async (it) => {
      await it.minutes(3, 20);
      it.control({ command: "cut", refuseForMs: 40_000 });
      await it.minutes(3, 20);
      await it.app.kill();
      it.startApp();
      await it.app.whenReady();
      await it.minutes(2, 20);
      await it.recovers();
      await it.agrees();
    }),
  );
}

Deno.test(
  "clock faults - an exchange's clock that leaps forward leaves no bucket open",
  scenario({}, async (it) => {
    await it.minutes(2, 20);
    it.control({ command: "clock", byMs: 7 * 60_000 });
    await it.minutes(3, 20);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "clock faults - a UTC midnight closes every granularity, the day among them",
  scenario({
    startAtMs: yesterdayAt(23, 57),
    exchange: { historyHours: 25, tradesPerSecond: 2 },
  }, async (it) => {
    await it.minutes(8, 20);
    await it.recovers();
    await it.agrees();
  }),
);
