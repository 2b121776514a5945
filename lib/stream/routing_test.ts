import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import { Routing } from "./routing.ts";
import type { Subscription } from "./subscription.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");

function wish(other: Partial<Subscription> = {}): Subscription {
  return { products: [BTC], granularities: ["ONE_MINUTE"], closedOnly: false, ...other };
}

Deno.test("routing - equal wishes share a group, however they are written, and others do not", () => {
  const routing = new Routing();
  const group = routing.acquire(
    wish({ products: [BTC, ETH], granularities: ["ONE_HOUR", "ONE_MINUTE"] }),
  );
  const same = wish({
    products: [ETH, BTC, ETH],
    granularities: ["ONE_MINUTE", "ONE_HOUR", "ONE_HOUR"],
  });
  assert.equal(routing.acquire(same), group);
  assert.equal(group.clientCount, 2);
  assert.equal(routing.namedCount, 4);
  assert.notEqual(routing.acquire({ ...same, closedOnly: true }), group);
  assert.equal(routing.groupCount, 2);
});

Deno.test("routing - a group goes with its last client, and nothing of it stays", () => {
  const routing = new Routing();
  const group = routing.acquire(wish());
  routing.acquire(wish());
  const route = routing.route("BTC-USD.ONE_MINUTE");
  assert.ok(route);
  routing.release(group);
  assert.equal(route.hasListeners, true);
  assert.equal(routing.isNamed(BTC), true);
  routing.release(group);
  assert.equal(route.hasListeners, false);
  assert.equal(routing.isNamed(BTC), false);
  assert.deepEqual([routing.groupCount, routing.namedCount], [0, 0]);
});

Deno.test("routing - a product is named as long as any group names it, whatever a follower of all does", () => {
  const routing = new Routing();
  const follower = routing.acquire(wish({ products: "*" }));
  assert.equal(routing.isNamed(BTC), false);
  const live = routing.acquire(wish({ products: [BTC, BTC] }));
  const closed = routing.acquire(wish({ products: [BTC], closedOnly: true }));
  routing.release(live);
  routing.release(follower);
  assert.equal(routing.isNamed(BTC), true);
  routing.release(closed);
  assert.equal(routing.isNamed(BTC), false);
});

Deno.test("routing - a follower of all products wants those that appear later, in its granularity", () => {
  const routing = new Routing();
  const group = routing.acquire(wish({ products: "*", closedOnly: true }));
  const minute = routing.route("NEW-USD.ONE_MINUTE");
  const hour = routing.route("NEW-USD.ONE_HOUR");
  assert.ok(minute && hour);
  assert.deepEqual([group.wants(minute), group.wants(hour)], [true, false]);
  assert.equal(minute.hasListeners, false, "closed candles are no live states");
  assert.deepEqual([...routing.keysOf(group)], [minute]);
  assert.equal(routing.namedCount, 0);
});

Deno.test("routing - a text that is not a key has no route", () => {
  const routing = new Routing();
  for (const key of ["BTC-USD.TEN_MINUTE", "btc-usd.ONE_MINUTE", ".ONE_MINUTE"]) {
    assert.equal(routing.route(key as "BTC-USD.ONE_MINUTE"), null, key);
  }
  assert.equal(routing.find("BTC-USD.ONE_MINUTE"), null);
});
