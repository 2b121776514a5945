import assert from "node:assert/strict";
import { candleKey } from "../candles/candle.ts";
import { ClosedLog } from "../../tests/closed_log.ts";
import { BTC, ETH, minute } from "../../tests/hub_set_up.ts";
import { CandleBook } from "./book.ts";
import { StreamCounts } from "./stream_counts.ts";

/** A book that has taken the first minutes of two products in turn. */
function bookOf(capacity: number, count: number): CandleBook {
  const log = new ClosedLog();
  const book = new CandleBook(capacity, new StreamCounts());
  for (let n = 0; n < count; n++) {
    book.accept(log.append(minute(n, { productId: n % 2 === 0 ? BTC : ETH })));
  }
  return book;
}

function sequencesOf(book: CandleBook, productId: typeof BTC): (number | null)[] {
  const route = book.routing.find(candleKey(productId, "ONE_MINUTE"));
  assert.ok(route !== null);
  return book.ring.of(route).map(({ sequence }) => sequence);
}

Deno.test("closed ring - a key's candles are those that the whole has of it, whatever was dropped", () => {
  for (const count of [1, 7, 8, 15, 16, 40]) {
    const book = bookOf(8, count);
    const all = book.ring.after(book.ring.first - 1).map(({ sequence }) => sequence ?? 0);
    assert.ok(all.length >= Math.min(count, 8) && all.length < 16, `${all.length} of ${count}`);
    assert.deepEqual(sequencesOf(book, BTC), all.filter((sequence) => sequence % 2 === 1));
    if (count > 1) {
      assert.deepEqual(sequencesOf(book, ETH), all.filter((sequence) => sequence % 2 === 0));
    }
  }
});

Deno.test("closed ring - one that starts again has nothing of before", () => {
  const book = bookOf(8, 5);
  book.ring.restart(90);
  assert.deepEqual(sequencesOf(book, BTC), []);
  assert.equal(book.ring.first, 90);
});
