import assert from "node:assert/strict";
import { TileTurns } from "./tile_turns.ts";

/** Turns whose tasks run by hand. */
function turnsByHand() {
  const tasks: (() => void)[] = [];
  return {
    turns: new TileTurns((run) => void tasks.push(run)),
    /** Runs one task. */
    step: () => tasks.shift()?.(),
    run() {
      while (tasks.length > 0) tasks.shift()?.();
    },
  };
}

Deno.test("tile turns - each tile has its own task, in the order of the requests", () => {
  const { turns, step } = turnsByHand();
  const taken: string[] = [];
  for (const name of ["first", "second", "third"]) {
    turns.request((done) => {
      taken.push(name);
      done();
    });
  }
  assert.deepEqual(taken, []);
  for (const expected of [1, 2, 3]) {
    step();
    assert.equal(taken.length, expected);
  }
  assert.deepEqual(taken, ["first", "second", "third"]);
});

Deno.test("tile turns - a tile that comes into sight later takes its turn then", () => {
  const { turns, run } = turnsByHand();
  const taken: string[] = [];
  const tile = (name: string) =>
    turns.request((done) => {
      taken.push(name);
      done();
      turns.afterAll(() => taken.push(`what ${name} shares`));
    });
  tile("first");
  run();
  tile("swiped to");
  assert.deepEqual(taken, ["first", "what first shares"]);
  run();
  assert.deepEqual(taken.slice(2), ["swiped to", "what swiped to shares"]);
});

Deno.test("tile turns - the next tile waits until the one before it is live", () => {
  const { turns, run } = turnsByHand();
  const taken: string[] = [];
  const ends: (() => void)[] = [];
  for (const name of ["first", "second"]) {
    turns.request((done) => {
      taken.push(name);
      ends.push(done);
    });
  }
  run();
  assert.deepEqual(taken, ["first"]);
  ends[0]?.();
  ends[0]?.();
  run();
  assert.deepEqual(taken, ["first", "second"]);
});

Deno.test("tile turns - what all share starts once, after the last tile", () => {
  const { turns, run } = turnsByHand();
  const started: string[] = [];
  turns.afterAll(() => started.push("no tile"));
  assert.deepEqual(started, ["no tile"]);
  const ends: (() => void)[] = [];
  turns.request((done) => ends.push(done));
  turns.request((done) => ends.push(done));
  turns.afterAll(() => started.push("both"));
  turns.afterAll(() => started.push("withdrawn"))();
  run();
  ends[0]?.();
  run();
  assert.deepEqual(started, ["no tile"]);
  ends[1]?.();
  run();
  assert.deepEqual(started, ["no tile", "both"]);
});

Deno.test("tile turns - a tile that is removed keeps no other from its turn", () => {
  const { turns, run, step } = turnsByHand();
  const taken: string[] = [];
  const first = turns.request(() => taken.push("never live"));
  const second = turns.request(() => taken.push("removed before its turn"));
  turns.request((done) => {
    taken.push("third");
    done();
  });
  turns.afterAll(() => taken.push("shared"));
  step();
  second();
  first();
  run();
  assert.deepEqual(taken, ["never live", "third", "shared"]);
});

Deno.test("tile turns - a tile that fails ends its turn", () => {
  const { turns, step, run } = turnsByHand();
  const taken: string[] = [];
  turns.request(() => {
    throw new Error("no chart");
  });
  turns.request((done) => {
    taken.push("next");
    done();
  });
  turns.afterAll(() => taken.push("shared"));
  assert.throws(step, /no chart/);
  run();
  assert.deepEqual(taken, ["next", "shared"]);
});
