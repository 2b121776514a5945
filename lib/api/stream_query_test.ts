import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import { type KnownProducts, parseStreamQuery } from "./stream_query.ts";

const KNOWN = catalogue(["BTC-USD", "ETH-USD", "BTC-EUR"]);

function catalogue(ids: readonly string[], loaded = true): KnownProducts {
  const known = ids.map(productId);
  return { loaded, ids: () => known, has: (id) => known.includes(id) };
}

function parse(query: string, known = KNOWN) {
  return parseStreamQuery(new URL(`http://localhost/stream?${query}`), known);
}

function problemOf(query: string, known = KNOWN) {
  const parsed = parse(query, known);
  if (parsed.kind !== "problem") throw new Error("no problem");
  return parsed.problem;
}

function subscriptionOf(query: string) {
  const parsed = parse(query);
  if (parsed.kind !== "query") throw new Error(JSON.stringify(parsed.problem));
  return parsed.subscription;
}

Deno.test("stream query - lists may be comma-separated, repeated, spaced and aliased", () => {
  assert.deepEqual(
    subscriptionOf("products=BTC-USD,%20ETH-USD&products=BTC-EUR,&granularities=5m,300,one_hour"),
    {
      products: ["BTC-USD", "ETH-USD", "BTC-EUR"],
      granularities: ["FIVE_MINUTE", "FIVE_MINUTE", "ONE_HOUR"],
      closedOnly: false,
    },
  );
});

Deno.test("stream query - a star stands for all, whatever else is named beside it", () => {
  const { products, granularities } = subscriptionOf("products=BTC-USD,*&granularities=*,5m");
  assert.equal(products, "*");
  assert.equal(granularities.length, 8);
});

Deno.test("stream query - closed and last_event_id are read", () => {
  const parsed = parse("products=*&granularities=*&closed=true&last_event_id=17");
  assert.equal(parsed.kind === "query" && parsed.subscription.closedOnly, true);
  assert.equal(parsed.kind === "query" && parsed.lastEventId, "17");
  const empty = parse("products=*&granularities=*&closed=false&last_event_id=");
  assert.equal(empty.kind === "query" && empty.lastEventId, null);
});

Deno.test("stream query - snapshot is read, and what is neither true nor false is named", () => {
  const base = "products=*&granularities=*&last_event_id=17";
  for (
    const [text, expected] of [["", false], ["&snapshot=true", true], ["&snapshot=false", false]]
  ) {
    const parsed = parse(`${base}${text}`);
    assert.equal(parsed.kind === "query" && parsed.snapshot, expected);
  }
  const { errors } = problemOf(`${base}&snapshot=maybe`);
  assert.deepEqual(errors, [{ parameter: "snapshot", value: "maybe", allowed: ["true", "false"] }]);
});

Deno.test("stream query - every bad value of every parameter is named in one answer, with what is allowed", () => {
  const { status, errors } = problemOf("products=btc-usd,x&granularities=7m,5m&closed=maybe");
  assert.equal(status, 400);
  assert.deepEqual(errors?.map(({ parameter, value }) => [parameter, value]), [
    ["products", "btc-usd"],
    ["products", "x"],
    ["granularities", "7m"],
    ["closed", "maybe"],
  ]);
  assert.deepEqual(errors?.[0]?.allowed, ["BTC-USD", "BTC-EUR"]);
  assert.equal(errors?.[2]?.allowed.length, 9);
});

Deno.test("stream query - missing parameters are named with no value", () => {
  assert.deepEqual(problemOf("").errors?.map(({ parameter, value }) => [parameter, value]), [
    ["products", null],
    ["granularities", null],
  ]);
  assert.equal(problemOf("products=,&granularities=5m").errors?.length, 1);
});

Deno.test("stream query - a parameter that takes one value is refused twice", () => {
  const { errors } = problemOf("products=*&granularities=*&closed=true&closed=false");
  assert.deepEqual(errors?.map(({ value }) => value), ["true,false"]);
});

Deno.test("stream query - an unknown product is not found, but only if all else is well", () => {
  const { status, errors } = problemOf("products=BTC-GBP,BTC-USD&granularities=5m");
  assert.equal(status, 404);
  assert.deepEqual(errors, [
    { parameter: "products", value: "BTC-GBP", allowed: ["BTC-USD", "BTC-EUR"] },
  ]);
  assert.equal(problemOf("products=BTC-GBP&granularities=7m").status, 400);
});

Deno.test("stream query - before the catalogue is loaded a good query gets 503 with retry-after", () => {
  const loading = catalogue([], false);
  const { status, retryAfterSeconds } = problemOf("products=BTC-USD&granularities=5m", loading);
  assert.deepEqual([status, retryAfterSeconds], [503, 5]);
  assert.equal(problemOf("products=x&granularities=5m", loading).status, 400);
});

Deno.test("stream query - a flood of bad values gets a short answer", () => {
  const products = Array.from({ length: 3000 }, (_, at) => `x${at}`).join(",");
  const { status, errors, detail } = problemOf(`products=${products}&granularities=5m`);
  assert.deepEqual([status, errors?.length], [400, 1]);
  assert.ok(JSON.stringify(errors).length < 500);
  const many = problemOf(`products=${products.slice(0, 15_000)}&granularities=5m`);
  assert.equal(many.errors?.length, 100);
  assert.match(many.detail ?? "", /more values/);
  assert.equal(detail, undefined);
});

Deno.test("stream query - five hundred products by name fit", () => {
  const names = Array.from({ length: 500 }, (_, at) => `PRODUCT${at}LONGNAME-USDC`);
  const parsed = parse(`products=${names.join(",")}&granularities=*`, catalogue(names));
  assert.equal(parsed.kind, "query");
});
