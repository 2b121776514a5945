import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import { NewsPoll } from "./news_poll.ts";

/** A poll of a server whose contents are a number. */
function pollOf(endAfterMs?: number) {
  const clock = new FakeClock();
  const startMs = clock.now();
  const world = { contents: 1 as number | null, isHidden: false, isCalm: false };
  const askedAt: number[] = [];
  const taken: unknown[] = [];
  let onChange = () => {};
  const poll = new NewsPoll<number>({
    request() {
      askedAt.push((clock.now() - startMs) / 1000);
      const { contents } = world;
      if (contents === null) return Promise.reject(new Error("away"));
      return Promise.resolve({ tag: `${contents}`, read: () => Promise.resolve(contents) });
    },
    take(answer) {
      taken.push(answer);
      return world.isCalm;
    },
    leastMs: 5_000,
    mostMs: 40_000,
    ...(endAfterMs === undefined ? {} : { endAfterMs }),
    clock,
    sight: {
      isHidden: () => world.isHidden,
      follow(run) {
        onChange = run;
        return () => onChange = () => {};
      },
    },
  });
  const hide = (isHidden: boolean) => {
    world.isHidden = isHidden;
    onChange();
  };
  return { clock, world, askedAt, taken, poll, hide };
}

Deno.test("news poll - soon after news, backing off without, and each answer is taken once", async () => {
  const { clock, world, askedAt, taken, poll } = pollOf();
  await clock.pass(10_000);
  world.contents = 2;
  await clock.pass(120_000);
  assert.deepEqual(askedAt, [5, 10, 20, 25, 35, 55, 95]);
  assert.deepEqual(taken, [1, 2]);
  poll.close();
  assert.equal(clock.timers, 0);
});

Deno.test("news poll - after news that is the last expected for a while, the next wait is longer", async () => {
  const { clock, world, askedAt, taken, poll } = pollOf();
  world.isCalm = true;
  for (let contents = 1; contents <= 5; contents++) {
    world.contents = contents;
    await clock.pass(40_000);
  }
  assert.deepEqual(askedAt, [5, 15, 35, 75, 115, 155, 195]);
  assert.deepEqual(taken, [1, 2, 3, 4, 5]);
  poll.close();
});

Deno.test("news poll - a hidden page requests nothing, and does so immediately when it is visible again", async () => {
  const { clock, askedAt, hide, poll } = pollOf();
  await clock.pass(5_000);
  hide(true);
  await clock.pass(600_000);
  hide(false);
  await clock.pass(0);
  assert.deepEqual(askedAt, [5, 605]);
  poll.close();
});

Deno.test("news poll - without news for long enough it ends, until the page is visible again", async () => {
  const { clock, world, askedAt, taken, hide, poll } = pollOf(60_000);
  await clock.pass(600_000);
  assert.deepEqual(askedAt, [5, 10, 20, 40, 80]);
  assert.equal(clock.timers, 0);
  world.contents = 2;
  hide(true);
  hide(false);
  await clock.pass(0);
  assert.deepEqual([askedAt.at(-1), taken], [600, [1, 2]]);
  poll.close();
});

Deno.test("news poll - a server that does not answer is backed off from, and its earlier answer is not taken again", async () => {
  const { clock, world, askedAt, taken, poll } = pollOf();
  await clock.pass(5_000);
  world.contents = null;
  await clock.pass(70_000);
  world.contents = 1;
  await clock.pass(60_000);
  assert.deepEqual(askedAt, [5, 10, 20, 40, 80, 120]);
  assert.deepEqual(taken, [1]);
  poll.close();
});

Deno.test("news poll - a closed one takes no answer, not even of a pending request", async () => {
  const { clock, taken, poll } = pollOf();
  const passing = clock.pass(5_000);
  poll.close();
  await passing;
  assert.deepEqual(taken, []);
});

Deno.test("news poll - a request that is never answered is given up and made again", async () => {
  const clock = new FakeClock();
  const given: AbortSignal[] = [];
  const taken: number[] = [];
  const poll = new NewsPoll<number>({
    request(signal) {
      given.push(signal);
      if (given.length > 1) return Promise.resolve({ tag: null, read: () => Promise.resolve(7) });
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    },
    take: (answer) => taken.push(answer) > 0,
    leastMs: 3_000,
    mostMs: 30_000,
    clock,
    sight: { isHidden: () => false, follow: () => () => {} },
  });
  await clock.pass(22_000);
  assert.deepEqual([given.length, given[0]?.aborted], [1, false], "it may be slow");
  await clock.pass(10_000);
  assert.deepEqual([given.length, given[0]?.aborted, given[1]?.aborted], [2, true, false]);
  assert.deepEqual(taken, [7]);
  poll.close();
  assert.equal(clock.timers, 0);
});
