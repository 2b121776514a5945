import assert from "node:assert/strict";
import fc from "fast-check";
import { sampleCandle } from "../../tests/sample_candles.ts";
import type { Candle } from "../candles/candle.ts";
import { decimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { decodeCandle, encodeCandle } from "../candles/wire.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { idleProgram } from "../time/test_turns.ts";
import { ClosedPublisher } from "./closed_publisher.ts";
import { type FakeConnection, FakeJetStream } from "./fake_jetstream.ts";
import { CLOSED_STREAM } from "./names.ts";

/** The `i`-th of many candles, spread over three products. */
function candleAt(i: number): Candle {
  return sampleCandle({
    productId: productId(`P${i % 3}-USD`),
    start: epochSeconds(1_704_567_600 + i * 60),
  });
}

/** A publisher alone with a JetStream in memory; `story` is what it reported. */
class Publishing {
  readonly clock = new FakeClock();
  readonly server = new FakeJetStream(this.clock);
  readonly connection: FakeConnection = this.server.connect(this.clock);
  readonly story: string[] = [];
  readonly publisher: ClosedPublisher;

  constructor(capacity = 100_000) {
    const minute = ({ start }: Candle) => (start - 1_704_567_600) / 60;
    this.publisher = new ClosedPublisher(
      this.connection,
      this.connection,
      this.connection.condition,
      {
        clock: this.clock,
        capacity,
        onAck: ({ candle }) => this.story.push(`kept ${minute(candle)}`),
        onOverflow: (candle) => this.story.push(`overflow ${minute(candle)}`),
        onConflict: (candle, stored) =>
          this.story.push(`conflict ${minute(candle)} with ${new TextDecoder().decode(stored)}`),
      },
      () => Promise.resolve(),
    );
  }

  /** The minutes that the stream keeps, in its order. */
  get kept(): number[] {
    return this.server.messages(CLOSED_STREAM).map(({ data }) => {
      const start = decodeCandle(new TextDecoder().decode(data))?.start ?? NaN;
      return (start - 1_704_567_600) / 60;
    });
  }

  enqueue(from: number, to: number): void {
    for (let i = from; i < to; i++) this.publisher.enqueue(candleAt(i));
  }

  /** Lets time pass, in steps short enough for all that falls due. */
  async pass(ms: number): Promise<void> {
    await idleProgram();
    const stepMs = ms < 60_000 ? 500 : 10_000;
    for (let passed = 0; passed < ms; passed += stepMs) {
      await this.clock.pass(Math.min(stepMs, ms - passed));
      await idleProgram();
    }
  }

  /** Lets time pass until all is acknowledged, an hour at most. */
  async finish(): Promise<void> {
    for (let passed = 0; this.publisher.pending > 0 && passed < 3_600; passed++) {
      await this.pass(1_000);
    }
    assert.equal(this.publisher.pending, 0, "all is acknowledged");
    await this.publisher.close();
  }
}

const count = (to: number) => Array.from({ length: to }, (_, i) => i);

const outages = fc.array(
  fc.record({
    arriving: fc.nat(40),
    kept: fc.nat(60),
    unanswered: fc.nat(60),
    // Up to twice as long as JetStream remembers message ids.
    awayMs: fc.oneof(fc.nat(2_000), fc.nat(1_200_000)),
    thenMs: fc.nat(3_000),
  }),
  { maxLength: 6 },
);

Deno.test("closed publisher - candles keep their order, each once, whatever connections are lost in between", async () => {
  await fc.assert(
    fc.asyncProperty(outages, async (outages) => {
      const publishing = new Publishing();
      const { connection } = publishing;
      let queued = 0;
      const more = (candles: number) => publishing.enqueue(queued, queued += candles);
      for (const { arriving, kept, unanswered, awayMs, thenMs } of outages) {
        connection.cutAfter(kept, Math.max(0, kept - unanswered));
        more(arriving);
        await publishing.pass(10_000);
        connection.cut();
        more(arriving);
        await publishing.pass(awayMs);
        connection.repair();
        await publishing.pass(thenMs);
      }
      more(300);
      await publishing.finish();
      assert.deepEqual(publishing.kept, count(queued));
      assert.deepEqual(publishing.story, count(queued).map((i) => `kept ${i}`));
    }),
    { numRuns: 60 },
  );
});

Deno.test("closed publisher - a JetStream that refuses, or answers nothing, delays candles and costs none", async () => {
  const publishing = new Publishing();
  const { connection } = publishing;
  publishing.enqueue(0, 100);
  await publishing.pass(1_000);
  connection.refusing = true;
  publishing.enqueue(100, 200);
  await publishing.pass(20_000);
  assert.equal(connection.condition.current.state, "degraded");
  assert.match(connection.condition.current.reason ?? "", /maximum messages exceeded/);
  connection.refusing = false;
  connection.silent = true;
  await publishing.pass(30_000);
  assert.equal(publishing.publisher.pending, 100);
  connection.silent = false;
  await publishing.finish();
  assert.equal(connection.condition.current.state, "up");
  assert.deepEqual(publishing.kept, count(200));
});

Deno.test("closed publisher - retries back off to five seconds and no further", async () => {
  const publishing = new Publishing();
  const { connection } = publishing;
  connection.cut();
  publishing.enqueue(0, 1);
  await publishing.pass(3_600_000);
  connection.repair();
  await publishing.pass(5_000);
  assert.deepEqual(publishing.kept, [0]);
  await publishing.finish();
});

Deno.test("closed publisher - a revision that the stream holds with other content is reported, and goes out again higher", async () => {
  const publishing = new Publishing();
  const before = candleAt(0);
  const after = { ...before, close: decimal("1") };
  const { publisher } = publishing;
  publisher.enqueue(before);
  publisher.enqueue(before);
  publisher.enqueue(after);
  publisher.enqueue({ ...after, revision: 1 });
  await publishing.pass(1_000);
  const conflict = `conflict 0 with ${encodeCandle(before)}`;
  assert.deepEqual(publishing.story, ["kept 0", "kept 0", conflict, "kept 0"]);
  assert.deepEqual(publishing.kept, [0, 0]);
  await publishing.finish();
});

Deno.test("closed publisher - a full queue reports the newest candles as overflown and keeps the older ones", async () => {
  const publishing = new Publishing(10);
  publishing.connection.cut();
  publishing.enqueue(0, 13);
  assert.deepEqual(publishing.story, ["overflow 10", "overflow 11", "overflow 12"]);
  publishing.connection.repair();
  await publishing.finish();
  assert.deepEqual(publishing.kept, count(10));
});

Deno.test("closed publisher - closing waits for what is queued, no longer than its timeout", async () => {
  const away = new Publishing();
  away.connection.cut();
  away.enqueue(0, 3);
  let left: number | null = null;
  const closing = away.publisher.close(2_000).then((count) => left = count);
  await away.pass(1_999);
  assert.equal(left, null);
  await away.pass(1);
  assert.equal(left, 3);
  await closing;

  const reachable = new Publishing();
  reachable.enqueue(0, 300);
  let isClosed = false;
  void reachable.publisher.close(2_000).then((count) => isClosed = count === 0);
  await reachable.pass(0);
  assert.equal(isClosed, true, "nothing is left to wait for");
  assert.deepEqual(reachable.kept, count(300));
});

Deno.test("closed publisher - after it is closed candles are refused, and nothing is left running", async () => {
  const publishing = new Publishing();
  publishing.enqueue(0, 1);
  await publishing.finish();
  publishing.enqueue(1, 2);
  assert.deepEqual(publishing.story, ["kept 0", "overflow 1"]);
  await publishing.clock.pass(60_000);
  assert.equal(publishing.clock.timers, 0);
});
