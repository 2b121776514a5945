import assert from "node:assert/strict";
import { decimal } from "../candles/decimal.ts";
import { productId } from "../candles/product.ts";
import { ProductAggregator } from "../candles/product_aggregator.ts";
import type { Trade } from "../candles/trade.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { EndLooks } from "./end_looks.ts";
import { ListingLag } from "./listing_lag.ts";

const BTC = productId("BTC-USD");
const NOON = Date.UTC(2026, 3, 7, 12);

/** Trade N, made N seconds past noon. */
function tradeOf(tradeId: number): Trade {
  return tradeAt(tradeId, tradeId);
}

function tradeAt(tradeId: number, second: number): Trade {
  const amounts = { price: decimal("10"), size: decimal("1") };
  return { productId: BTC, tradeId, timeMs: NOON + second * 1000, side: "BUY", ...amounts };
}

/** A product that trades no longer, on an exchange whose listing shows what is given; time begins at noon. */
class Quiet {
  readonly clock = new FakeClock(NOON);
  readonly product = new ProductAggregator(BTC, 0);
  readonly lag = new ListingLag();
  readonly looks: EndLooks;
  listed: readonly Trade[] = [];

  constructor(...tradeIds: readonly number[]) {
    this.hear(...tradeIds);
    this.looks = new EndLooks({
      lag: this.lag,
      clock: this.clock,
      source: {
        trades: () =>
          Promise.resolve({
            trades: this.listed,
            answeredAtMs: this.clock.wallMs(),
            unreadable: 0,
          }),
        candles: () => Promise.reject(new Error("no candles are requested")),
      },
      live: () => this.product,
      wanted: () => 0,
      onChanged: () => {},
    });
  }

  hear(...tradeIds: readonly number[]): void {
    for (const tradeId of tradeIds) this.product.merge(tradeOf(tradeId), true);
  }

  /** Advances the feed's time. */
  async pass(seconds: number): Promise<void> {
    await this.clock.pass(seconds * 1000);
    this.product.advance(this.clock.wallMs());
    this.product.takeClosed();
    this.looks.observe(this.product);
  }

  /** Seconds until a look is due; null if none is. */
  get dueIn(): number | null {
    const work = this.looks.next(BTC);
    return work && Math.max(0, Math.round((work.dueMs - this.clock.now()) / 1000));
  }

  async look(): Promise<void> {
    await this.looks.next(BTC)?.run(new AbortController().signal);
  }
}

Deno.test("end looks - the end of a quiet minute is checked once its candle has closed, not sooner", async () => {
  const quiet = new Quiet(1, 2, 3);
  quiet.listed = [tradeOf(3)];
  await quiet.pass(59);
  assert.equal(quiet.dueIn, null);
  await quiet.pass(3);
  assert.equal(quiet.dueIn, 0);
  await quiet.look();
  assert.equal(quiet.dueIn, null, "it is proven");
});

Deno.test("end looks - soon after a trade the next one is awaited", async () => {
  const quiet = new Quiet(1, 2, 58);
  await quiet.pass(62);
  assert.ok(quiet.product.awaitsEnd);
  assert.equal(quiet.dueIn, null);
  await quiet.pass(6);
  assert.equal(quiet.dueIn, 0);
  quiet.hear(63);
  quiet.product.bridge(2, 58);
  quiet.product.bridge(58, 63);
  await quiet.pass(1);
  assert.equal(quiet.dueIn, null);
});

Deno.test("end looks - the next trade is awaited until it is overdue, where it usually comes soon", async () => {
  const quiet = new Quiet();
  const times = (everyS: number) => [1, 2, 3, 4].map((nth) => tradeAt(nth, nth * everyS));
  for (const trade of times(10)) quiet.product.merge(trade, true);
  await quiet.pass(62);
  assert.ok(quiet.product.awaitsEnd);
  assert.equal(quiet.dueIn, null, "22 s after the last one of every ten");
  await quiet.pass(4);
  assert.equal(quiet.dueIn, 0);
  const rare = new Quiet();
  for (const trade of times(100)) rare.product.merge(trade, true);
  await rare.pass(422);
  assert.equal(rare.dueIn, 0, "a product that hardly trades is not waited for");
});

Deno.test("end looks - a trade that comes while a look waits for its turn cancels it", async () => {
  const quiet = new Quiet(1, 2, 3);
  await quiet.pass(62);
  assert.equal(quiet.dueIn, 0);
  quiet.product.merge(tradeAt(4, 63), true);
  assert.equal(quiet.dueIn, null);
});

Deno.test("end looks - after a loss nothing is concluded about a listing's last seconds", async () => {
  const quiet = new Quiet(1, 2, 3);
  await quiet.pass(58);
  quiet.looks.markSuspect(quiet.product);
  // Trade 59 was lost, and the listing does not show it for a while.
  quiet.listed = [tradeOf(3)];
  await quiet.pass(4);
  await quiet.look();
  assert.ok(quiet.product.awaitsEnd);
  quiet.listed = [tradeOf(3), tradeOf(59)];
  await quiet.pass(40);
  await quiet.look();
  assert.equal(quiet.product.newest?.to, 59);
  await quiet.pass(0);
  assert.equal(quiet.dueIn, null);
});

Deno.test("end looks - after a loss a listing that was seen to lag proves an end only later", async () => {
  const quiet = new Quiet(1, 2, 3);
  quiet.listed = [tradeOf(3)];
  await quiet.pass(58);
  quiet.looks.markSuspect(quiet.product);
  // One that was seen long ago, and one that is not a lag.
  quiet.lag.note(20_000, quiet.clock.now() - 3_600_000);
  quiet.lag.note(400_000, quiet.clock.now());
  quiet.lag.note(40_000, quiet.clock.now());
  await quiet.pass(60);
  await quiet.look();
  assert.ok(quiet.product.awaitsEnd, "118 s, less twice the lag");
  await quiet.pass(23);
  await quiet.look();
  assert.ok(!quiet.product.awaitsEnd);
});

Deno.test("end looks - losses that continue do not postpone a look, and are not cleared by one from before them", async () => {
  const quiet = new Quiet(1, 2, 3);
  quiet.listed = [tradeOf(3)];
  for (let seconds = 0; seconds < 15; seconds += 5) {
    quiet.looks.markSuspect(quiet.product);
    await quiet.pass(5);
  }
  assert.equal(quiet.dueIn, 0);
  quiet.looks.markSuspect(quiet.product);
  await quiet.look();
  assert.equal(quiet.dueIn, 20, "the last loss is looked into as well");
  await quiet.pass(20);
  await quiet.look();
  assert.equal(quiet.dueIn, null);
});

Deno.test("end looks - looks that proved nothing do not delay the end of a later candle", async () => {
  const quiet = new Quiet(1, 2, 3);
  quiet.listed = [tradeOf(3)];
  for (let look = 0; look < 5; look++) {
    quiet.looks.markSuspect(quiet.product);
    await quiet.pass(quiet.dueIn ?? 0);
    quiet.looks.markSuspect(quiet.product);
    await quiet.look();
  }
  assert.equal(quiet.dueIn, 320, "while messages are lost again and again");
  await quiet.pass(320);
  await quiet.look();
  assert.equal(quiet.dueIn, null);
  quiet.product.merge(tradeAt(4, (quiet.clock.wallMs() - NOON) / 1000), true);
  await quiet.pass(75);
  assert.ok(quiet.product.awaitsEnd);
  assert.equal(quiet.dueIn, 0);
});

Deno.test("end looks - a snapshot, or the next trade, shows that nothing was lost", async () => {
  const quiet = new Quiet(1, 2, 3);
  quiet.looks.markSuspect(quiet.product);
  assert.equal(quiet.dueIn, 15);
  quiet.looks.onSnapshot(quiet.product, 2, quiet.clock.wallMs());
  assert.equal(quiet.dueIn, 15, "a snapshot that lacks the newest proves nothing");
  quiet.looks.onSnapshot(quiet.product, 3, quiet.clock.wallMs());
  assert.equal(quiet.dueIn, null);
  quiet.looks.markSuspect(quiet.product);
  quiet.hear(4);
  await quiet.pass(5);
  assert.equal(quiet.dueIn, null);
  quiet.looks.markSuspect(quiet.product);
  quiet.hear(6);
  await quiet.pass(5);
  assert.equal(quiet.dueIn, 10, "one was lost before it");
});
