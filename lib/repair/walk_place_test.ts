import assert from "node:assert/strict";
import { decimal } from "../candles/decimal.ts";
import { productId } from "../candles/product.ts";
import { continuationOf, type PageTaken, placeAtEnd } from "./walk_place.ts";

const BTC = productId("BTC-USD");
const NOON = Date.UTC(2026, 3, 7, 12);
const NOON_S = NOON / 1000;
const NOW = 5_000;

/** Ids 10 to 99 are missing; trade N came at N seconds past noon. */
const STRETCH = { fromId: 10, toId: 99, fromTimeMs: NOON + 9_000, toTimeMs: NOON + 100_000 };

/** A page of trades with these ids, each at the second of its id unless `atS` is given. */
function page(from: number, to: number, given: Partial<PageTaken> & { atS?: number } = {}) {
  const { atS, ...rest } = given;
  const trades = Array.from({ length: to - from + 1 }, (_, i) => ({
    productId: BTC,
    tradeId: from + i,
    price: decimal("10"),
    size: decimal("1"),
    side: "BUY" as const,
    timeMs: NOON + (atS ?? from + i) * 1000,
  }));
  return {
    stretch: STRETCH,
    place: placeAtEnd(0),
    page: { trades, answeredAtMs: NOON + 200_000, unreadable: 0 },
    endS: NOON_S + 101,
    heldMs: NOON - 3_600_000,
    nowMs: NOW,
    ...rest,
  };
}

Deno.test("walk - below a page that meets the run the next one is due immediately", () => {
  const next = continuationOf({ fromId: 10, toId: 49 }, page(50, 100));
  assert.deepEqual(next, { kind: "walk", place: { ...placeAtEnd(NOW) } });
});

Deno.test("walk - a listing that lacks the trades right below the run is requested again later", () => {
  for (const shown of [page(20, 80), { ...page(1, 1), page: { ...page(1, 1).page, trades: [] } }]) {
    assert.deepEqual(continuationOf({ fromId: 81, toId: 99 }, shown), { kind: "unfilled" });
  }
});

Deno.test("walk - below a page that does not meet the run it still continues", () => {
  const next = continuationOf({ fromId: 10, toId: 19 }, page(20, 80));
  assert.deepEqual(next, { kind: "walk", place: { ...placeAtEnd(NOW) } });
});

Deno.test("walk - a page within the run above, whose beginning is known to the minute only, leads to an older one", () => {
  const next = continuationOf(STRETCH, page(120, 150, { endS: NOON_S + 160 }));
  assert.deepEqual(next, {
    kind: "walk",
    place: { ...placeAtEnd(NOW), endS: NOON_S + 121 },
  });
});

Deno.test("walk - a second that one page cannot hold is passed over, and the exchange stands in for it", () => {
  const burst = page(100, 130, { atS: 100 });
  const passed = continuationOf(STRETCH, burst);
  assert.deepEqual(passed, {
    kind: "walk",
    place: { ...placeAtEnd(NOW), endS: NOON_S + 100, isBelowBurst: true },
  });
  assert.ok(passed.kind === "walk");
  const below = page(30, 60, { endS: NOON_S + 100, place: passed.place });
  assert.deepEqual(continuationOf({ fromId: 61, toId: 99 }, below), { kind: "estimate" });
  assert.deepEqual(continuationOf({ fromId: 10, toId: 29 }, below).kind, "walk");
});

Deno.test("walk - rows that could not be read do not pass for more trades than a page holds", () => {
  const shown = (attempts: number) => {
    const taken = page(100, 100, { atS: 100, place: { ...placeAtEnd(0), attempts } });
    return { ...taken, page: { ...taken.page, unreadable: 1 } };
  };
  for (const piece of [STRETCH, { fromId: 10, toId: 69 }]) {
    assert.deepEqual(continuationOf(piece, shown(0)), { kind: "unfilled" });
    assert.equal(continuationOf(piece, shown(3)).kind, "walk", "they may never be readable");
  }
});

Deno.test("walk - a page that ends within such a second is followed by one below it", () => {
  const next = continuationOf({ fromId: 10, toId: 69 }, page(70, 100, { atS: 100 }));
  assert.deepEqual(next, {
    kind: "walk",
    place: { ...placeAtEnd(NOW), endS: NOON_S + 100, isBelowBurst: true },
  });
});

Deno.test("walk - what the exchange stands in for is one request at each retry", () => {
  const place = { ...placeAtEnd(0), isEstimated: true };
  assert.deepEqual(continuationOf(STRETCH, page(100, 130, { atS: 100, place })), {
    kind: "estimate",
  });
});

Deno.test("walk - what is older than the minutes in memory is left to the walk through the past", () => {
  const heldMs = NOON + 55_000;
  assert.deepEqual(continuationOf({ fromId: 10, toId: 54 }, page(50, 100, { heldMs })), {
    kind: "aged",
  });
  assert.deepEqual(
    continuationOf({ fromId: 81, toId: 99 }, page(50, 80, { heldMs })),
    { kind: "unfilled" },
    "not what a listing lacks of the minutes in memory",
  );
});

Deno.test("walk - trades that were listed, but are not proven neighbours, are requested again", () => {
  assert.deepEqual(continuationOf({ fromId: 70, toId: 75 }, page(50, 100)), { kind: "unfilled" });
  assert.deepEqual(continuationOf({ fromId: 70, toId: 99 }, page(50, 100)), { kind: "unfilled" });
});
