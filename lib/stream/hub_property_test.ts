import assert from "node:assert/strict";
import fc from "fast-check";
import { ClosedLog, type LogMessage } from "../../tests/closed_log.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { type CandleData, SseReader } from "../../tests/sse_reader.ts";
import { epochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { Hub } from "./hub.ts";
import type { Subscription } from "./subscription.ts";

// Slow: after each of thousands of steps streams are read until nothing more comes.

const PRODUCTS = ["BTC-USD", "ETH-USD", "SOL-USD"].map(productId);
const GRANULARITIES = ["ONE_MINUTE", "FIVE_MINUTE"] as const;
/** Four of these fill a client's queue, so that clients who do not read lag. */
const PADDING = "x".repeat(20_000);

const KEYS = PRODUCTS.flatMap((product) =>
  GRANULARITIES.map((granularity) => ({ product, granularity }))
);

const subscription: fc.Arbitrary<Subscription> = fc.record({
  products: fc.oneof(fc.constant("*" as const), fc.subarray(PRODUCTS, { minLength: 1 })),
  granularities: fc.subarray([...GRANULARITIES], { minLength: 1 }),
  closedOnly: fc.boolean(),
});

const message = fc.record({
  key: fc.nat(KEYS.length - 1),
  what: fc.constantFrom("live", "live", "close", "close", "revise" as const),
});

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("deliver" as const),
      messages: fc.array(message, { maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("lose" as const),
      messages: fc.array(message, { maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("connect" as const), subscription }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      client: fc.nat(4),
      chunks: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const), client: fc.nat(4) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("repeat" as const),
      back: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const) }) },
);

/** One reader with all that it got over all its connections. */
class Follower {
  reader: SseReader;
  /** Sequences of the closed candles it got, in order. */
  got: number[] = [];
  /** The position of its first connection: what was closed up to there is the snapshot's. */
  from = 0;
  #seen = 0;
  #lastEventId: string | null = null;
  readonly #closedStarts = new Map<string, number>();

  constructor(readonly hub: Hub, readonly log: ClosedLog, readonly wish: Subscription) {
    this.reader = this.#connect();
  }

  /** Checks what came since the last call. */
  look(): void {
    for (const { event, data, id } of this.reader.events.slice(this.#seen)) {
      this.#seen++;
      assert.equal(event, "candle");
      const candle: CandleData = JSON.parse(data);
      const key = `${candle.product_id}.${candle.granularity}`;
      const closedStart = this.#closedStarts.get(key) ?? 0;
      if (!candle.is_complete) {
        assert.ok(candle.timestamp > closedStart, "no live state after a close");
      } else this.#closedStarts.set(key, Math.max(closedStart, candle.timestamp));
      if (id === null) continue;
      const sequence = Number(id);
      assert.ok(sequence >= Number(this.#lastEventId ?? 0), "ids never go back");
      this.#lastEventId = id;
      if (candle.is_complete && sequence > this.from) {
        const logged = this.log.closed[sequence - 1];
        assert.equal(data, new TextDecoder().decode(logged?.bytes), "an id is its candle's");
        this.got.push(sequence);
      }
      assert.deepEqual(this.got, this.truth(sequence), "all up to an id has been sent before it");
    }
    if (this.reader.lastEventId !== "") this.#lastEventId = this.reader.lastEventId;
  }

  /** The closed candles it must have got by the time it knows a sequence. */
  truth(upTo: number): number[] {
    return this.log.closed
      .filter(({ sequence, key }) => sequence > this.from && sequence <= upTo && this.#wants(key))
      .map(({ sequence }) => sequence);
  }

  async cut(): Promise<void> {
    this.look();
    await this.reader.leave();
    this.#seen = 0;
    this.reader = this.#connect();
  }

  #wants(key: string): boolean {
    const { products, granularities } = this.wish;
    const [product, granularity] = key.split(".");
    return (products === "*" || products.some((id) => id === product)) &&
      granularities.some((each) => each === granularity);
  }

  #connect(): SseReader {
    if (this.#lastEventId === null) {
      this.from = this.hub.position ?? 0;
      this.got = [];
    }
    const lastEventId = this.#lastEventId;
    const answer = this.hub.connect({ subscription: this.wish, lastEventId, address: "::1" });
    if (answer.kind !== "stream") throw new Error(answer.reason);
    return new SseReader(answer.body);
  }
}

/** Makes the candles of a run: each key closes bucket after bucket and revises what it closed. */
class Exchange {
  readonly #next = KEYS.map(() => 0);
  readonly #revisions = new Map<string, number>();

  constructor(readonly log: ClosedLog) {}

  make({ key, what }: { key: number; what: "live" | "close" | "revise" }): LogMessage {
    const { product, granularity } = KEYS[key] ??
      { product: PRODUCTS[0] ?? productId("BTC-USD"), granularity: "ONE_MINUTE" };
    const next = this.#next[key] ?? 0;
    const bucket = what === "revise" && next > 0
      ? next - 1 - (next % 2 === 0 && next > 1 ? 1 : 0)
      : next;
    const start = epochSeconds(1_704_585_600 + bucket * GRANULARITY_SECONDS[granularity]);
    const candle = { productId: product, granularity, start, exact: false };
    if (what === "live") {
      return this.log.live(sampleCandle({ ...candle, isComplete: false }), PADDING);
    }
    if (bucket === next) this.#next[key] = next + 1;
    const name = `${key}.${bucket}`;
    const revision = this.#revisions.get(name) ?? 0;
    this.#revisions.set(name, revision + 1);
    return this.log.append(sampleCandle({ ...candle, revision }), PADDING);
  }
}

Deno.test("hub - whatever happens, each client gets every closed candle it wants once, in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 100, size: "max" }),
      fc.nat(12),
      async (steps, ringSize) => {
        const log = new ClosedLog();
        const exchange = new Exchange(log);
        for (const key of [0, 1, 2]) exchange.make({ key, what: "close" });
        const hub = new Hub({
          source: log,
          ringSize: ringSize + 1,
          maxStreams: 1000,
          maxStreamsPerAddress: 1000,
        });
        await hub.start();
        const followers: Follower[] = [];
        for (const each of steps) {
          const follower = "client" in each ? followers[each.client] : undefined;
          if (each.do === "deliver") hub.deliver(each.messages.map((what) => exchange.make(what)));
          else if (each.do === "lose") { for (const what of each.messages) exchange.make(what); }
          else if (each.do === "repeat") hub.deliver(log.closed.slice(-each.back));
          else if (each.do === "connect") followers.push(new Follower(hub, log, each.subscription));
          else if (each.do === "cut") await follower?.cut();
          else if (each.do === "wait") await new Promise((resolve) => setTimeout(resolve, 0));
          else for (let chunk = 0; chunk < each.chunks; chunk++) await follower?.reader.readSome();
        }
        hub.deliver([exchange.make({ key: 0, what: "close" })]);
        await hub.resync();
        for (const follower of followers) {
          await follower.reader.drain();
          follower.look();
          assert.deepEqual(follower.got, follower.truth(log.last));
        }
        await hub.close();
      },
    ),
    { numRuns: 100 },
  );
});
