import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import { Catalogue } from "../exchange/catalogue.ts";
import type { StoredProduct } from "../store/product_store.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { followStoredProducts } from "./stored_products.ts";

function stored(id: string, other: Partial<StoredProduct> = {}): StoredProduct {
  const [baseCurrency = "", quoteCurrency = ""] = id.split("-");
  return {
    productId: productId(id),
    baseCurrency,
    quoteCurrency,
    baseName: null,
    status: "online",
    quoteIncrement: null,
    price: null,
    priceChange24h: null,
    volume24h: null,
    quoteVolume24h: null,
    followed: true,
    delistedAtMs: null,
    provenFrom: null,
    publishedFromMs: null,
    pastHiddenUntilMs: null,
    ...other,
  };
}

function setUp() {
  const clock = new FakeClock();
  const stop = new AbortController();
  const catalogue = new Catalogue();
  const database: { products: StoredProduct[]; isDown: boolean } = { products: [], isDown: false };
  const ended = followStoredProducts(
    {
      ready: () => Promise.resolve(),
      products: {
        all: () =>
          database.isDown
            ? Promise.reject(new Error("the database is down"))
            : Promise.resolve(database.products),
      },
    },
    catalogue,
    stop.signal,
    clock,
  );
  return { clock, stop, catalogue, database, ended };
}

Deno.test("stored products - what is followed, or was until it was delisted, is in the catalogue", async () => {
  const { clock, stop, catalogue, database, ended } = setUp();
  database.products = [
    stored("BTC-USD"),
    stored("ETH-USD", { status: "cancel_only" }),
    stored("OLD-USD", { followed: false, delistedAtMs: 1 }),
    stored("NEVER-USD", { followed: false }),
  ];
  await clock.pass(0);
  const known = catalogue.all().map(({ id, status }) => `${id} ${status}`).toSorted();
  assert.deepEqual(known, ["BTC-USD online", "ETH-USD offline", "OLD-USD delisted"]);
  stop.abort();
  await ended;
});

Deno.test("stored products - a database that is down or empty is read again in 2 s, a full one in 30", async () => {
  const { clock, stop, catalogue, database, ended } = setUp();
  await clock.pass(0);
  assert.equal(catalogue.loaded, false, "none is not a catalogue");
  database.isDown = true;
  await clock.pass(6_000);
  database.isDown = false;
  database.products = [stored("BTC-USD")];
  await clock.pass(2_000);
  assert.deepEqual(catalogue.ids(), ["BTC-USD"]);
  database.products = [stored("BTC-USD"), stored("ETH-USD")];
  await clock.pass(29_000);
  assert.equal(catalogue.ids().length, 1);
  database.isDown = true;
  await clock.pass(2_000);
  assert.equal(catalogue.ids().length, 1, "what is known stays while the database is down");
  database.isDown = false;
  await clock.pass(2_000);
  assert.equal(catalogue.ids().length, 2);
  stop.abort();
  await ended;
  assert.equal(clock.timers, 0);
});
