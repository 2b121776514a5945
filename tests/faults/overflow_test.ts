import { strict as assert } from "node:assert";
import { scenario } from "../harness/scenario.ts";

Deno.test(
  "overflow - closed candles that do not fit while the bus is down are found missing and rebuilt",
  scenario({ env: { CLOSED_QUEUE: "30" } }, async (it) => {
    await it.minutes(2);
    await it.nats.kill();
    await it.minutes(25, 60);
    const dropped = ((await it.app.request("/metrics"))?.text ?? "").match(
      /reason="queue_full"\} (\d+)/,
    );
    console.log(`  ${dropped?.[1]} candles did not fit`);
    assert.ok(Number(dropped?.[1]) > 50, "the queue overflows");
    await it.nats.restart();
    await it.recovers();
    await it.agrees();
  }),
);
