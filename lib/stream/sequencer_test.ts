import assert from "node:assert/strict";
import { ClosedLog } from "../../tests/closed_log.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import type { CandleMessage } from "../candles/candle_message.ts";
import { Sequencer } from "./sequencer.ts";
import { until } from "../../tests/harness/wait.ts";

/** A clock without delays. */
const HASTY: Clock = { ...systemClock, after: (_, run) => systemClock.after(0, run) };

function minute(n: number, isComplete = true) {
  return sampleCandle({ start: epochSeconds(1_704_585_600 + 60 * n), isComplete });
}

/** A sequencer over a log, with all that it passed on. */
function setUp(count: number) {
  const log = new ClosedLog();
  for (let n = 0; n < count; n++) log.append(minute(n));
  const taken: (number | string)[] = [];
  const problems: unknown[] = [];
  const stop = new AbortController();
  const sequencer = new Sequencer(
    { source: log, clock: HASTY, onProblem: (_, cause) => problems.push(cause) },
    {
      take: (messages: readonly CandleMessage[]) => {
        for (const { sequence } of messages) taken.push(sequence ?? "live");
      },
      lost: (last, upTo) => {
        taken.push(`lost ${last}..${upTo}`);
        return Promise.resolve(true);
      },
      newerLive: () => [],
    },
    stop.signal,
  );
  sequencer.start(log.last);
  const add = (n: number) => log.append(minute(n));
  return { log, taken, problems, sequencer, add, stop };
}

Deno.test("sequencer - what comes in order is passed on immediately, as it came", () => {
  const { sequencer, taken, log, add } = setUp(2);
  sequencer.deliver([add(2), log.live(minute(3, false)), add(3)]);
  assert.deepEqual(taken, [3, "live", 4]);
});

Deno.test("sequencer - a closed candle that comes twice is passed on once", () => {
  const { sequencer, taken, add } = setUp(2);
  const third = add(2);
  sequencer.deliver([third]);
  sequencer.deliver([third, add(3)]);
  assert.deepEqual(taken, [3, 4]);
  assert.equal(sequencer.duplicates, 1);
});

Deno.test("sequencer - a jump fetches what is missing before anything later is passed on", async () => {
  const { sequencer, taken, log, add } = setUp(2);
  add(2);
  add(3);
  const fifth = add(4);
  sequencer.deliver([fifth, log.live(minute(5, false))]);
  sequencer.deliver([add(5)]);
  assert.deepEqual(taken, []);
  await until("five messages", () => taken.length >= 5, { everyMs: 0 });
  assert.deepEqual(taken, [3, 4, 5, 6, "live"]);
  assert.deepEqual([sequencer.gaps, sequencer.fetched], [1, 2]);
});

Deno.test("sequencer - live values that wait for a jump are only the newest per key", async () => {
  const { sequencer, taken, log, add } = setUp(0);
  add(0);
  sequencer.deliver([add(1)]);
  for (let n = 2; n < 50; n++) sequencer.deliver([log.live(minute(n, false))]);
  await sequencer.reach(2);
  assert.deepEqual(taken, [1, 2, "live"]);
});

Deno.test("sequencer - a second jump while the first is being fetched is fetched too", async () => {
  const { sequencer, taken, add } = setUp(0);
  add(0);
  sequencer.deliver([add(1)]);
  add(2);
  sequencer.deliver([add(3)]);
  await sequencer.reach(4);
  assert.deepEqual(taken, [1, 2, 3, 4]);
});

Deno.test("sequencer - what comes up while a jump is being fetched is fetched before anything waiting is passed on", async () => {
  const { sequencer, taken, log, add } = setUp(0);
  add(0);
  sequencer.deliver([add(1), log.live(minute(2, false))]);
  add(2);
  await sequencer.reach(3);
  assert.deepEqual(taken, [1, 2, 3, "live"]);
  assert.equal(sequencer.gaps, 1);
});

Deno.test("sequencer - a history that fails is read again", async () => {
  const { sequencer, taken, log, problems, add } = setUp(0);
  log.failures = 2;
  add(0);
  sequencer.deliver([add(1)]);
  await sequencer.reach(2);
  assert.deepEqual(taken, [1, 2]);
  assert.equal(problems.length, 2);
});

Deno.test("sequencer - a bus that does not answer for long loses nothing", async () => {
  const { sequencer, taken, log, problems, add } = setUp(0);
  log.failures = 100;
  add(0);
  sequencer.deliver([add(1)]);
  await sequencer.reach(2);
  assert.deepEqual(taken, [1, 2]);
  assert.equal(problems.length, 100);
});

Deno.test("sequencer - closed candles that the bus delivered and its history never has are lost", async () => {
  const { sequencer, taken, log } = setUp(1);
  const never = { ...minuteAt(log), sequence: 4 };
  sequencer.deliver([never]);
  await until("two messages", () => taken.length >= 2, { everyMs: 0 });
  assert.deepEqual(taken, ["lost 1..3", 4]);
});

Deno.test("sequencer - what the history no longer has is reported as lost before later ones are passed on", async () => {
  const { sequencer, taken, log, add } = setUp(2);
  add(2);
  add(3);
  log.discardUpTo(3);
  sequencer.deliver([add(4)]);
  await sequencer.reach(5);
  assert.deepEqual(taken, ["lost 2..3", 4, 5]);
});

Deno.test("sequencer - a recreated stream, whose ids begin far above, is a loss, and what follows is passed on", async () => {
  const { sequencer, taken, log } = setUp(2);
  log.discardUpTo(1_795_420_000_000);
  const first = log.append(minute(9));
  sequencer.deliver([first]);
  await sequencer.reach(first.sequence);
  assert.deepEqual(taken, ["lost 2..1795420000000", first.sequence]);
});

Deno.test("sequencer - a sequence that was deleted inside the history is not waited for", async () => {
  const { sequencer, taken, log, add } = setUp(0);
  add(0);
  add(1);
  log.closed.splice(0, 1);
  log.closed.unshift({ ...minuteAt(log), sequence: 0 });
  sequencer.deliver([add(2)]);
  await sequencer.reach(3);
  assert.deepEqual(taken, [2, 3]);
});

function minuteAt(log: ClosedLog) {
  const { key, bytes } = log.live(minute(0, false));
  return { key, bytes };
}

Deno.test("sequencer - more closed candles than may wait are fetched instead, and none is missing", async () => {
  const { sequencer, taken, log, add } = setUp(0);
  add(0);
  log.failures = 1;
  for (let n = 1; n < 20_500; n++) sequencer.deliver([add(n)]);
  await sequencer.reach(20_500);
  assert.deepEqual(taken, Array.from({ length: 20_500 }, (_, at) => at + 1));
});
