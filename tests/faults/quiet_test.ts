import { scenario } from "../harness/scenario.ts";

Deno.test(
  "quiet markets - products that hardly trade are as exact as busy ones, through a cut and a crash",
  scenario({ exchange: { products: 30, tradesPerSecond: 2 } }, async (it) => {
    await it.minutes(14, 30);
    it.control({ command: "cut", refuseForMs: 60_000 });
    await it.minutes(6, 30);
    await it.app.kill();
    it.startApp();
    await it.app.whenReady();
    await it.minutes(6, 30);
    await it.recovers({ timeoutMs: 90_000 });
    await it.agrees();
  }),
);
