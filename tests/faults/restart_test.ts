import { strict as assert } from "node:assert";
import { scenario } from "../harness/scenario.ts";
import { pause } from "../harness/wait.ts";

const HOUR_MS = 3_600_000;

Deno.test(
  "restart - kill -9 at any moment costs nothing: not while starting, seeding, closing or repairing",
  scenario({}, async (it) => {
    it.time.speed = 20;
    for (const aliveMs of [400, 900, 1500, 2200, 3100, 4300, 700, 5200]) {
      await pause(aliveMs);
      await it.app.kill();
      it.startApp();
    }
    await it.app.whenReady();
    await it.minutes(2, 20);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "restart - kill -9 in the middle of lost frames and refused answers costs nothing",
  scenario({}, async (it) => {
    it.control({
      command: "faults",
      rates: { dropFrame: 0.05, rest500: 0.3, cutConnection: 0.01 },
    });
    for (let i = 0; i < 4; i++) {
      await it.minutes(1.5, 20);
      await it.app.kill();
      it.startApp();
    }
    await it.app.whenReady();
    await it.recovers();
    await it.agrees();
  }),
);

for (const [title, hours] of [["twenty minutes", 1 / 3], ["three hours", 3]] as const) {
  Deno.test(
    `restart - after a pause of ${title} everything in between is repaired`,
    scenario({ exchange: { tradesPerSecond: 4 } }, async (it) => {
      await it.minutes(3);
      await it.recovers();
      await it.app.terminate();
      it.control({ command: "clock", byMs: hours * HOUR_MS });
      await it.startApp().whenReady();
      await it.minutes(3, 10);
      await it.recovers({ timeoutMs: 90_000 });
      await it.agrees();
    }),
  );
}

Deno.test(
  "restart - a start without its database resumes from the bus, and the database gets everything later",
  scenario({ breaksPostgres: true }, async (it) => {
    await it.minutes(4);
    await it.recovers();
    await it.app.kill();
    await it.database?.kill();
    it.startApp();
    await it.minutes(8);
    await it.database?.restart();
    await it.app.whenReady();
    await it.minutes(1, 20);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "restart - a process that gets SIGTERM ends within five seconds, whatever it is busy with",
  scenario({}, async (it) => {
    it.time.speed = 20;
    it.control({ command: "faults", rates: { restHang: 1, restHangMs: 60_000, dropFrame: 0.1 } });
    for (const aliveMs of [300, 1200, 4000]) {
      await pause(aliveMs);
      const end = await it.app.terminate();
      console.log(`  stopped after ${aliveMs} ms of life in ${end.tookMs.toFixed(0)} ms`);
      assert.ok(end.tookMs < 5000 && end.signal === null, JSON.stringify(end));
      const { lines } = it.app;
      assert.deepEqual(
        lines.filter((line) => line.includes("AbortError")),
        [],
        "it names the reason",
      );
      it.startApp();
    }
    it.control({ command: "clearFaults" });
    await it.app.whenReady();
    await it.recovers({ timeoutMs: 90_000 });
  }),
);

Deno.test(
  "restart - a process that gets SIGTERM ends within five seconds although neither bus nor database answers",
  scenario({ breaksPostgres: true }, async (it) => {
    assert.ok(it.database !== null);
    it.time.speed = 30;
    const frozen = [it.nats.pid, ...await family(it.database.pid)];
    for (const silentMs of [0, 1500]) {
      for (const pid of frozen) Deno.kill(pid, "SIGSTOP");
      await pause(silentMs);
      const end = await it.app.terminate();
      for (const pid of frozen) Deno.kill(pid, "SIGCONT");
      console.log(
        `  stopped in ${end.tookMs.toFixed(0)} ms, ${silentMs} ms after they fell silent`,
      );
      assert.ok(end.tookMs < 5000 && end.signal === null, JSON.stringify(end));
      it.startApp();
      await it.app.whenReady();
      frozen.splice(1, Infinity, ...await family(it.database.pid));
    }
    await it.recovers();
    await it.agrees();
  }),
);

/** A process and those it has started. */
async function family(pid: number): Promise<number[]> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  return [pid, ...children.trim().split(/\s+/).filter((text) => text !== "").map(Number)];
}

Deno.test(
  "restart - the app waits for a database or a bus that goes down while it starts",
  scenario({ breaksPostgres: true }, async (it) => {
    await it.minutes(4);
    for (const afterMs of [600, 800, 1000, 1200]) {
      await it.app.kill();
      it.startApp();
      await pause(afterMs);
      const server = afterMs % 400 === 0 ? it.database : it.nats;
      await server?.kill();
      await pause(1500);
      await server?.restart();
    }
    await it.app.whenReady();
    await it.minutes(2, 20);
    await it.recovers();
    await it.agrees();
  }),
);
