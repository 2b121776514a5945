import assert from "node:assert/strict";
import { Turns } from "./turns.ts";

/** A loop that turns when it is told to. */
function manualLoop() {
  let scheduled: (() => void)[] = [];
  return {
    schedule: (run: () => void) => void scheduled.push(run),
    async turn(): Promise<void> {
      const due = scheduled;
      scheduled = [];
      for (const run of due) run();
      await Promise.resolve();
    },
    get isIdle(): boolean {
      return scheduled.length === 0;
    },
  };
}

Deno.test("turns - one caller continues in each turn, in the order of arrival", async () => {
  const loop = manualLoop();
  const turns = new Turns(loop.schedule, 1);
  const continued: number[] = [];
  for (let caller = 0; caller < 4; caller++) {
    void Promise.resolve(turns.take()).then(() => continued.push(caller));
  }
  await Promise.resolve();
  assert.deepEqual(continued, [0]);
  await loop.turn();
  assert.deepEqual(continued, [0, 1]);
  await loop.turn();
  await loop.turn();
  assert.deepEqual(continued, [0, 1, 2, 3]);
});

Deno.test("turns - a caller alone does not wait, and nothing is scheduled after it", async () => {
  const loop = manualLoop();
  const turns = new Turns(loop.schedule, 1);
  assert.equal(turns.take(), undefined);
  await loop.turn();
  assert.ok(loop.isIdle);
  assert.equal(turns.take(), undefined);
});

Deno.test("turns - a timer of the real loop runs between two callers", async () => {
  const turns = new Turns();
  const order: string[] = [];
  const work = async (name: string) => {
    await turns.take();
    const endMs = performance.now() + 3;
    while (performance.now() < endMs);
    order.push(name);
  };
  const timer = new Promise<void>((resolve) =>
    setTimeout(() => {
      order.push("timer");
      resolve();
    }, 0)
  );
  await Promise.all([...Array.from({ length: 20 }, () => work("page")), timer]);
  assert.ok(order.indexOf("timer") < order.length - 1, order.join(" "));
});

Deno.test("turns - the loop looks around as often as it is to between two callers", async () => {
  const loop = manualLoop();
  const turns = new Turns(loop.schedule, 3);
  let continued = false;
  await turns.take();
  void Promise.resolve(turns.take()).then(() => continued = true);
  await loop.turn();
  await loop.turn();
  assert.equal(continued, false);
  await loop.turn();
  assert.equal(continued, true);
});
