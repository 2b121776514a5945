import assert from "node:assert/strict";
import fc from "fast-check";
import { sampleCandle } from "../../tests/sample_candles.ts";
import type { Candle } from "../candles/candle.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { decodeCandle } from "../candles/wire.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { idleProgram } from "../time/test_turns.ts";
import { ClosedPublisher } from "./closed_publisher.ts";
import { type FakeConnection, FakeJetStream } from "./fake_jetstream.ts";
import { FENCE_SLOTS } from "./fence.ts";
import type { Lease } from "./lease.ts";
import { takeLease } from "./lease_taking.ts";
import { CLOSED_STREAM, fenceSubject } from "./names.ts";

const NAME = "ingest.1.0";
const STEP_MS = 100;

/** A process with its own clocks, which stop while it is frozen. */
class Process {
  readonly clock = new FakeClock();
  readonly connection: FakeConnection;
  lease: Lease | null = null;
  publisher: ClosedPublisher | null = null;
  standsBy = false;
  frozen = false;
  readonly #giveUp = new AbortController();

  constructor(readonly name: string, server: FakeJetStream, private readonly version: string) {
    this.connection = server.connect(this.clock);
  }

  take(): void {
    void takeLease(NAME, {
      client: this.connection,
      manager: this.connection,
      condition: this.connection.condition,
      serverVersion: () => this.version,
      repairLayout: () => Promise.resolve(),
    }, {
      holder: this.name,
      clock: this.clock,
      signal: this.#giveUp.signal,
      onStandby: () => this.standsBy = true,
    }).then((lease) => {
      if (lease === null) return;
      this.lease = lease;
      this.publisher = new ClosedPublisher(
        this.connection,
        this.connection,
        this.connection.condition,
        { lease, clock: this.clock, onOverflow() {}, onConflict() {} },
        () => Promise.resolve(),
      );
    });
  }

  /** Whether it would publish at this moment; a frozen process does nothing. */
  get publishes(): boolean {
    return !this.frozen && this.lease?.permits === true;
  }

  giveUp(): void {
    this.#giveUp.abort();
  }
}

/** A JetStream and the processes that contend for one lease. */
class Contest {
  readonly serverClock = new FakeClock();
  readonly server = new FakeJetStream(this.serverClock);
  readonly first: Process;
  readonly second: Process;

  constructor(version = "2.15.1") {
    this.first = new Process("first", this.server, version);
    this.second = new Process("second", this.server, version);
  }

  /** `first` holds the lease and `second` stands by. */
  static async begun(version?: string): Promise<Contest> {
    const contest = new Contest(version);
    contest.first.take();
    await contest.pass(STEP_MS);
    assert.equal(contest.first.lease?.permits, true);
    contest.second.take();
    await contest.pass(STEP_MS);
    assert.equal(contest.second.standsBy, true);
    return contest;
  }

  /** Lets time pass in steps; in each, every process that is not frozen does what is due. */
  async pass(ms: number, each: () => void = () => {}): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.serverClock.pass(STEP_MS);
      for (const process of [this.first, this.second]) {
        if (!process.frozen) await process.clock.pass(STEP_MS);
      }
      await idleProgram();
      each();
    }
  }

  get stored(): number[] {
    return this.server.messages(CLOSED_STREAM).flatMap(({ subject, data }) =>
      subject.startsWith("closed-fences.")
        ? []
        : [decodeCandle(new TextDecoder().decode(data))?.start ?? NaN]
    );
  }
}

function candleAt(minute: number): Candle {
  return sampleCandle({ start: epochSeconds(1_704_567_600 + minute * 60) });
}

Deno.test("lease - a permit ends seven seconds after the last renewal, by the monotonic clock", async () => {
  const { first } = new Contest();
  first.take();
  await idleProgram();
  const { lease } = first;
  assert.ok(lease !== null);
  first.connection.cut();
  await first.clock.pass(6_999);
  assert.equal(lease.permits, true);
  await first.clock.pass(1);
  assert.equal(lease.permits, false);
  assert.equal(lease.lost.aborted, false, "suspended, not lost");
});

Deno.test("lease - a permit ends seven seconds after the last renewal by the date alone, until it is renewed", async () => {
  const contest = await Contest.begun();
  const { lease, clock } = contest.first;
  assert.equal(await lease?.renew(), true);
  clock.shiftWall(6_999);
  assert.equal(lease?.permits, true);
  clock.shiftWall(1);
  assert.equal(lease?.permits, false);
  await contest.pass(2_000);
  assert.equal(lease?.permits, true);
  clock.shiftWall(-3_600_000);
  assert.equal(lease?.permits, true, "a date that is set back takes nothing away");
});

Deno.test("lease - a holder that renews keeps it, and another stands by for as long as that takes", async () => {
  const contest = await Contest.begun();
  await contest.pass(120_000, () => assert.equal(contest.first.publishes, true));
  assert.equal(contest.second.lease, null);
  contest.second.giveUp();
});

Deno.test("lease - released, it is the other's within a second", async () => {
  const contest = await Contest.begun();
  void contest.first.lease?.release();
  await contest.pass(1_000);
  assert.equal(contest.first.lease?.permits, false);
  assert.equal(contest.second.publishes, true);
});

Deno.test("lease - one that stands by takes it after nine seconds of silence by its own clock, and not before", async () => {
  const contest = await Contest.begun();
  contest.first.frozen = true;
  // By the date hours have passed, which decides nothing here.
  contest.second.clock.shiftWall(3 * 3_600_000);
  await contest.pass(8_800);
  assert.equal(contest.second.lease, null);
  await contest.pass(2_500);
  assert.equal(contest.second.publishes, true);
});

Deno.test("lease - while no process reaches NATS the holder keeps it, and has its chance to renew first", async () => {
  const contest = await Contest.begun();
  const { first, second } = contest;
  for (const { connection } of [first, second]) connection.cut();
  await contest.pass(60_000);
  assert.equal(first.publishes, false);
  for (const { connection } of [second, first]) connection.repair();
  await contest.pass(30_000);
  assert.equal(first.publishes, true);
  assert.equal(first.lease?.lost.aborted, false);
  assert.equal(second.lease, null);
});

Deno.test("lease - a holder that alone cannot reach NATS loses it, and learns of that when it can again", async () => {
  const contest = await Contest.begun();
  const { first, second } = contest;
  first.connection.cut();
  await contest.pass(20_000);
  assert.equal(second.publishes, true);
  assert.equal(first.lease?.lost.aborted, false);
  first.connection.repair();
  await contest.pass(3_000);
  assert.equal(first.lease?.lost.aborted, true);
  assert.equal(second.publishes, true);
});

Deno.test("lease - candles wait while it is suspended, and are published once it is renewed", async () => {
  const contest = await Contest.begun();
  const { first, second } = contest;
  for (const { connection } of [first, second]) connection.silent = true;
  await contest.pass(10_000);
  assert.equal(first.publishes, false);
  for (let minute = 0; minute < 5; minute++) first.publisher?.enqueue(candleAt(minute));
  await contest.pass(10_000);
  assert.deepEqual(contest.stored, []);
  for (const { connection } of [first, second]) connection.silent = false;
  await contest.pass(10_000);
  assert.deepEqual(contest.stored, [0, 1, 2, 3, 4].map((minute) => candleAt(minute).start));
});

for (
  const { title, wallPasses } of [
    { title: "whose date advanced", wallPasses: true },
    { title: "whose clocks stopped, so that only the server can know", wallPasses: false },
  ]
) {
  Deno.test(`lease - a frozen holder ${title} cannot publish a closed candle after takeover`, async () => {
    const contest = await Contest.begun();
    const { first, second } = contest;
    for (let minute = 0; minute < 300; minute++) first.publisher?.enqueue(candleAt(minute));
    first.frozen = true;
    await contest.pass(12_000);
    assert.equal(second.publishes, true);
    second.publisher?.enqueue(candleAt(1_000));
    await contest.pass(1_000);
    const stored = contest.stored;
    assert.equal(stored.at(-1), candleAt(1_000).start);
    if (wallPasses) first.clock.shiftWall(13_000);
    first.frozen = false;
    assert.equal(first.publishes, !wallPasses);
    for (let minute = 300; minute < 600; minute++) first.publisher?.enqueue(candleAt(minute));
    await contest.pass(5_000);
    assert.deepEqual(contest.stored, stored);
    assert.equal(first.lease?.lost.aborted, true);
    assert.equal(first.publisher?.pending, 0, "the next holder publishes what was queued");
    assert.equal(second.publishes, true);
  });
}

Deno.test("lease - each candle of a former holder's window is refused for itself", async () => {
  const contest = await Contest.begun();
  const { first, second } = contest;
  first.frozen = true;
  await contest.pass(12_000);
  assert.equal(second.publishes, true);
  for (const slot of [0, 1, FENCE_SLOTS - 1]) {
    const expect = { streamName: CLOSED_STREAM, ...first.lease?.expectation(slot) };
    await assert.rejects(
      first.connection.publish("closed-candles.BTC-USD.ONE_MINUTE", "late", {
        expect,
        timeout: 1_000,
      }),
      /wrong last sequence/,
    );
  }
});

Deno.test("lease - a holder whose fences the stream has discarded raises them again and continues", async () => {
  const contest = await Contest.begun();
  contest.server.purge(CLOSED_STREAM, fenceSubject(NAME, "*").replace("*", ""));
  for (let minute = 0; minute < 300; minute++) contest.first.publisher?.enqueue(candleAt(minute));
  await contest.pass(10_000);
  assert.deepEqual(
    contest.stored,
    Array.from({ length: 300 }, (_, minute) => candleAt(minute).start),
  );
  assert.equal(contest.first.publishes, true);
});

const troubles = fc.array(
  fc.record({
    /** Per process: whether it is frozen, and whether it reaches NATS. */
    frozen: fc.tuple(fc.boolean(), fc.boolean()),
    cut: fc.tuple(fc.boolean(), fc.boolean()),
    steps: fc.integer({ min: 1, max: 150 }),
  }),
  { maxLength: 8 },
);

for (const version of ["2.15.1", "2.10.27"]) {
  Deno.test(`lease - on nats-server ${version} no two processes are permitted at one moment, whatever happens to them`, async () => {
    await fc.assert(
      fc.asyncProperty(troubles, async (troubles) => {
        const contest = await Contest.begun(version);
        const processes = [contest.first, contest.second];
        const alone = () => assert.ok(processes.filter(({ publishes }) => publishes).length < 2);
        for (const { frozen, cut, steps } of troubles) {
          for (const [index, process] of processes.entries()) {
            process.frozen = frozen[index] === true;
            if (cut[index] === true) process.connection.cut();
            else process.connection.repair();
          }
          await contest.pass(steps * STEP_MS, alone);
          // The date of a frozen process still advances.
          for (const { frozen, clock } of processes) if (frozen) clock.shiftWall(steps * STEP_MS);
        }
        for (const process of processes) {
          process.frozen = false;
          process.connection.repair();
        }
        await contest.pass(15_000, alone);
        assert.equal(processes.filter(({ publishes }) => publishes).length, 1, "one holds it");
        for (const process of processes) process.giveUp();
      }),
      { numRuns: 25 },
    );
  });
}
