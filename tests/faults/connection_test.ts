import { strict as assert } from "node:assert";
import { scenario } from "../harness/scenario.ts";
import { pause, until } from "../harness/wait.ts";

Deno.test(
  "feed faults - a connection closed by the exchange, and one that breaks off, cost no trade",
  scenario({ exchange: { abruptCuts: true } }, async (it) => {
    await it.minutes(2);
    it.control({ command: "cut" });
    await it.minutes(4);
    it.control({ command: "cut", connection: it.exchange.connectionIds[0] });
    await it.minutes(3);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "feed faults - batches during which the connection is closed are fetched over REST",
  scenario({}, async (it) => {
    it.control({ command: "faults", rates: { cutConnection: 0.02 } });
    await it.minutes(8, 20);
    await it.recovers();
    await it.agrees();
    assert.ok((it.exchange.stats.faults.cutConnection ?? 0) >= 2, "it was cut more than once");
  }),
);

Deno.test(
  "feed faults - an exchange that takes no connections for minutes leaves no gap",
  scenario({}, async (it) => {
    await it.minutes(2);
    it.control({ command: "cut", refuseForMs: 6 * 60_000 });
    await it.minutes(9);
    await it.recovers();
    await it.agrees();
    assert.ok(it.exchange.stats.connectionsRefused > 0);
  }),
);

Deno.test(
  "feed faults - a connection that falls silent is replaced, and what it kept back is fetched",
  scenario({}, async (it) => {
    await it.minutes(2);
    it.time.speed = 5;
    const [silent] = it.exchange.connectionIds;
    it.control({ command: "silence" });
    await until("another connection", () => it.exchange.connectionIds.some((id) => id !== silent), {
      timeoutMs: 25_000,
    });
    await it.minutes(2, 10);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "feed faults - connections that stall and then send everything in one burst lose nothing",
  scenario({}, async (it) => {
    for (let i = 0; i < 3; i++) {
      await it.minutes(1);
      it.control({ command: "stall", forMs: 100_000 });
      await it.minutes(2);
    }
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "feed faults - snapshots that are missing or late delay nothing and lose nothing",
  scenario({}, async (it) => {
    const rates = { missingSnapshot: 0.5, lateSnapshot: 0.5, snapshotDelayMs: 20_000 };
    it.control({ command: "faults", rates });
    for (let i = 0; i < 5; i++) {
      it.control({ command: "cut" });
      await pause(500);
      await it.minutes(1.5);
    }
    await it.recovers();
    await it.agrees();
  }),
);
