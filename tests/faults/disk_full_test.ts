import { strict as assert } from "node:assert";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { until } from "../harness/wait.ts";

Deno.test(
  "disk full - a full disk of the database is reported, and everything is stored once there is room",
  scenario({ smallDisk: "postgres" }, async (it) => {
    await it.minutes(2);
    await it.disk?.fill();
    it.time.speed = 60;
    await reports(it, /the database's disk is full/);
    await resumesLive(it);
    await it.minutes(20, 60);
    assert.equal(linesAbout(it, /accepts no candles/), 1);
    await it.disk?.free();
    await it.recovers();
    await it.app.whenReady();
    await it.agrees();
  }),
);

Deno.test(
  "disk full - a full disk of the bus is reported, and no candle is missing after there is room and a restart",
  scenario({ smallDisk: "nats" }, async (it) => {
    await it.minutes(2);
    await it.disk?.fill();
    it.time.speed = 60;
    await reports(it, /its disk is probably full/);
    await resumesLive(it);
    await it.minutes(10, 60);
    assert.equal(linesAbout(it, /its disk is probably full/), 1);
    await it.disk?.free();
    await it.nats.kill();
    await it.nats.restart();
    await it.recovers();
    await it.app.whenReady();
    await it.agrees();
  }),
);

/** Waits until both `/readyz` and the metrics report it. */
async function reports(it: Scenario, what: RegExp): Promise<void> {
  await until(`/readyz to report ${what}`, async () => {
    const text = (await it.app.request("/readyz"))?.text ?? "";
    return what.test(text) && text.includes("degraded");
  }, { timeoutMs: 60_000 });
  const metrics = (await it.app.request("/metrics"))?.text ?? "";
  assert.match(metrics, /part_state\{part="(store|bus)",state="degraded"\} 1/);
}

async function resumesLive(it: Scenario): Promise<void> {
  const before = await it.app.metric("live_updates_total");
  await until(
    "further live candles",
    async () => await it.app.metric("live_updates_total") > before,
  );
}

function linesAbout(it: Scenario, what: RegExp): number {
  return it.app.lines.filter((line) => what.test(line)).length;
}
