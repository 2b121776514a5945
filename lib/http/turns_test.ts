import assert from "node:assert/strict";
import { Turns } from "./turns.ts";

/** More callers than continue while a connection is accepted, read and answered, on any machine. */
const MANY = 60;

/** An event loop that the test drives. */
function manualLoop() {
  const soon: (() => void)[] = [];
  const later: (() => void)[] = [];
  const run = async (due: (() => void)[]) => {
    for (const one of due.splice(0)) one();
    await Promise.resolve();
  };
  return {
    nowMs: 0,
    now(): number {
      return this.nowMs;
    },
    soon: (run: () => void) => void soon.push(run),
    later: (run: () => void) => void later.push(run),
    turn: () => run(soon),
    look: () => run(later),
    get isIdle(): boolean {
      return soon.length + later.length === 0;
    },
  };
}

/** The callers that have continued, of some that came together. */
async function come(turns: Turns, callers: number): Promise<readonly number[]> {
  const continued: number[] = [];
  for (let caller = 0; caller < callers; caller++) {
    void Promise.resolve(turns.take()).then(() => continued.push(caller));
  }
  await Promise.resolve();
  return continued;
}

Deno.test("turns - one caller continues in each turn, in the order of arrival", async () => {
  const loop = manualLoop();
  const continued = await come(new Turns(loop), 4);
  assert.deepEqual(continued, [0]);
  await loop.turn();
  assert.deepEqual(continued, [0, 1]);
  await loop.turn();
  await loop.turn();
  assert.deepEqual(continued, [0, 1, 2, 3]);
});

Deno.test("turns - after some milliseconds of callers the loop polls its sockets first", async () => {
  const loop = manualLoop();
  const continued = await come(new Turns(loop), 4);
  loop.nowMs = 20;
  await loop.turn();
  await loop.turn();
  assert.deepEqual(continued, [0]);
  await loop.look();
  assert.deepEqual(continued, [0, 1]);
  await loop.turn();
  assert.deepEqual(continued, [0, 1, 2]);
  loop.nowMs = 40;
  await loop.turn();
  assert.deepEqual(continued, [0, 1, 2]);
});

Deno.test("turns - a caller alone does not wait, and nothing is scheduled after it", async () => {
  const loop = manualLoop();
  const turns = new Turns(loop);
  for (let caller = 0; caller < 3; caller++) {
    assert.equal(turns.take(), undefined);
    loop.nowMs += 20;
    await loop.turn();
    assert.ok(loop.isIdle);
  }
});

Deno.test("turns - a new connection is answered between callers that keep the loop busy", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("well"),
  );
  const turns = new Turns();
  let continued = 0;
  let isAnswered = false;
  const work = async () => {
    for (; !isAnswered && continued < MANY; continued++) {
      await turns.take();
      const endMs = performance.now() + 4;
      while (performance.now() < endMs);
    }
  };
  const busy = Promise.all([work(), work()]);
  const response = await fetch(`http://127.0.0.1:${server.addr.port}`);
  isAnswered = true;
  assert.equal(await response.text(), "well");
  await busy;
  await server.shutdown();
  assert.ok(continued < MANY, "its answer waited for all of them");
});
