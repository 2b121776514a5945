import { scenario } from "../harness/scenario.ts";
import { pause } from "../harness/wait.ts";

Deno.test(
  "server faults - a bus that is killed and comes back has every candle of the time between",
  scenario({}, async (it) => {
    await it.minutes(2);
    await it.nats.kill();
    await it.minutes(4);
    await it.nats.restart();
    await it.minutes(2);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "server faults - a bus killed again and again loses nothing",
  scenario({}, async (it) => {
    it.time.speed = 20;
    for (const downMs of [0, 300, 1500, 100]) {
      await it.nats.kill();
      await pause(downMs);
      await it.nats.restart();
      await pause(1500);
    }
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "server faults - a database that is down for most of an hour gets every candle when it is back",
  scenario({ breaksPostgres: true }, async (it) => {
    await it.minutes(2);
    await it.database?.kill();
    await it.minutes(40, 120);
    await it.database?.restart();
    await it.minutes(1, 20);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "server faults - a database killed as candles close loses none that it had acknowledged",
  scenario({ breaksPostgres: true }, async (it) => {
    it.time.speed = 60;
    for (let i = 0; i < 5; i++) {
      // A minute closes every second: whenever it is, something has just been written.
      await pause(1000 + i * 170);
      await it.database?.kill();
      await it.database?.restart();
    }
    await it.minutes(1, 20);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "server faults - bus, database and connection gone at the same time come back in any order",
  scenario({ breaksPostgres: true }, async (it) => {
    await it.minutes(2);
    await Promise.all([it.nats.kill(), it.database?.kill()]);
    it.control({ command: "cut", refuseForMs: 60_000 });
    await it.minutes(2);
    await it.database?.restart();
    await it.minutes(1);
    await it.nats.restart();
    await it.minutes(2);
    await it.recovers();
    await it.agrees();
  }),
);
