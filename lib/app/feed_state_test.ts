import assert from "node:assert/strict";
import type { DeliveryState } from "../exchange/trade_feed.ts";
import { type ProductId, productId } from "../candles/product.ts";
import { feedState, type FeedStats } from "./feed_state.ts";

const PRODUCTS = Array.from({ length: 10 }, (_, at) => productId(`P${at}-USD`));

function connection(
  state: DeliveryState["state"],
  { reason = null, refused = [], heartbeats = true }: {
    reason?: string | null;
    refused?: readonly [ProductId, string][];
    heartbeats?: boolean;
  } = {},
): FeedStats {
  return { delivery: { state, reason, refused: new Map(refused) }, products: PRODUCTS, heartbeats };
}

const UP = connection("up");
const DOWN = connection("down", { reason: "closed by the exchange (1006)" });

Deno.test("feed state - up only when every connection brings everything", () => {
  assert.deepEqual(feedState([UP, UP]), { state: "up", detail: null });
  assert.deepEqual(feedState([]), { state: "starting", detail: null });
  assert.deepEqual(feedState([connection("starting")]), { state: "starting", detail: null });
});

Deno.test("feed state - down with the reason when nothing comes, also where some have only just started", () => {
  for (const connections of [[DOWN], [connection("starting"), DOWN], [DOWN, DOWN]]) {
    assert.deepEqual(feedState(connections), {
      state: "down",
      detail: "The exchange sends nothing (closed by the exchange (1006)); it is being tried again",
    });
  }
});

Deno.test("feed state - degraded names what is missing", () => {
  const detail = (connections: readonly FeedStats[]) => {
    const { state, detail } = feedState(connections);
    assert.equal(state, "degraded");
    return detail;
  };
  assert.equal(
    detail([UP, UP, DOWN]),
    "1 of 3 connections is down (closed by the exchange (1006))",
  );
  assert.equal(detail([UP, connection("starting")]), "1 of 2 connections is starting");
  assert.equal(
    detail([connection("up", { heartbeats: false })]),
    "1 of 1 connections is without heartbeats",
  );
  const refused = PRODUCTS.map((product): [ProductId, string] => [product, "not for you"]);
  assert.equal(
    detail([connection("up", { refused: refused.slice(0, 1) })]),
    "The exchange refuses P0-USD (not for you)",
  );
  assert.match(
    detail([connection("up", { refused: refused.slice(0, 8) })]) ?? "",
    /P4-USD \(not for you\) and 3 more products$/,
  );
});
