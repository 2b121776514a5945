import assert from "node:assert/strict";
import fc from "fast-check";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { type Candle, candleKey } from "../candles/candle.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { History } from "./history.ts";
import { UnstoredCandles } from "./unstored_candles.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const KEY = candleKey(BTC, "ONE_MINUTE");
const MINUTES = { productId: BTC, granularity: "ONE_MINUTE" } as const;

/** Closed candles by sequence, beginning with 1: of two products in turn. */
function published(count: number): Candle[] {
  return Array.from({ length: count }, (_, index) =>
    sampleCandle({
      productId: index % 2 === 0 ? BTC : ETH,
      start: epochSeconds(60 * Math.floor(index / 2)),
    }));
}

/** A process: what it has in memory, what the database holds, and how often either was read. */
class Room {
  readonly clock = new FakeClock();
  requests = 0;
  reads = 0;
  failing = false;
  readonly unstored: UnstoredCandles;
  readonly history: History;

  constructor(
    readonly candles: Candle[],
    public stored: number,
    public memoryFirst: number,
  ) {
    this.unstored = new UnstoredCandles({
      memory: () => ({ first: this.memoryFirst, last: this.candles.length }),
      storedUpTo: () => {
        this.requests++;
        return this.failing ? Promise.reject(new Error("away")) : Promise.resolve(this.stored);
      },
      stream: (key, after) => this.#stream(key, after),
      clock: this.clock,
    });
    this.history = new History({
      page: ({ limit }) =>
        Promise.resolve(this.#of(KEY, this.candles.slice(0, this.stored)).slice(-limit)),
      current: () => null,
      recent: (key) =>
        this.#of(key, this.candles.slice(this.memoryFirst - 1))
          .map((candle) => ({ ...candle, read: () => candle })),
      unstored: this.unstored,
      position: () => this.candles.length,
      closes: () => Promise.resolve(new Map()),
    });
  }

  async minutes(limit = 1000): Promise<number[]> {
    const page = await this.history.page({ ...MINUTES, limit });
    return page.map(({ start }) => start / 60);
  }

  async *#stream(key: typeof KEY, after: number): AsyncGenerator<Candle> {
    this.reads++;
    for (const candle of this.#of(key, this.candles.slice(after))) {
      await Promise.resolve();
      yield candle;
    }
  }

  #of(key: typeof KEY, candles: readonly Candle[]): Candle[] {
    return candles.filter((candle) => candleKey(candle.productId, candle.granularity) === key);
  }
}

/** Minutes 0 to `count`, exclusive. */
function firstMinutes(count: number): number[] {
  return Array.from({ length: count }, (_, minute) => minute);
}

Deno.test("unstored candles - a page has no hole, however far the database lags and memory reaches", async () => {
  await fc.assert(fc.asyncProperty(
    fc.nat(60),
    fc.nat(60),
    fc.nat(60),
    fc.integer({ min: 1, max: 40 }),
    async (count, stored, memory, limit) => {
      const first = Math.max(1, count - memory + 1);
      const room = new Room(published(count), Math.min(stored, count), first);
      const expected = firstMinutes(Math.ceil(count / 2)).slice(-limit);
      assert.deepEqual(await room.minutes(limit), expected);
    },
  ));
});

Deno.test("unstored candles - while memory reaches back to what is stored, nothing is requested or read", async () => {
  const room = new Room(published(40), 30, 1);
  assert.deepEqual(await room.minutes(), firstMinutes(20));
  assert.equal(room.requests, 0);
  room.memoryFirst = 29;
  for (let n = 0; n < 5; n++) assert.deepEqual(await room.minutes(), firstMinutes(20));
  assert.deepEqual([room.requests, room.reads], [1, 0]);
});

Deno.test("unstored candles - what is known is requested again after ten seconds, without waiting for it", async () => {
  const room = new Room(published(40), 30, 29);
  await room.minutes();
  room.failing = true;
  await room.clock.pass(10_000);
  assert.deepEqual(await room.minutes(), firstMinutes(20));
  assert.equal(room.requests, 2);
});

Deno.test("unstored candles - a database that has gone back is found to lack them", async () => {
  const room = new Room(published(40), 38, 36);
  await room.minutes();
  room.stored = 10;
  await room.clock.pass(10_000);
  await room.minutes();
  assert.deepEqual(await room.minutes(), firstMinutes(20));
  assert.equal(room.reads, 1);
});

Deno.test("unstored candles - a page that would have a hole is refused while the bus is down, and comes after", async () => {
  const room = new Room(published(40), 10, 30);
  room.failing = true;
  await assert.rejects(room.minutes(), /away/);
  room.failing = false;
  assert.deepEqual(await room.minutes(), firstMinutes(20));
});

Deno.test("unstored candles - what memory releases during the read is read too", async () => {
  const room = new Room(published(40), 10, 30);
  const page = room.minutes();
  await Promise.resolve();
  room.candles.push(...published(80).slice(40));
  room.memoryFirst = 70;
  assert.deepEqual(await page, firstMinutes(40));
});

Deno.test("unstored candles - concurrent pages of one key share one read", async () => {
  const room = new Room(published(40), 10, 30);
  await room.minutes();
  const before = room.reads;
  const pages = await Promise.all(Array.from({ length: 8 }, () => room.minutes()));
  for (const page of pages) assert.deepEqual(page, firstMinutes(20));
  assert.equal(room.reads, before + 1);
});
