import assert from "node:assert/strict";
import { listed } from "../../tests/sample_exchange_products.ts";
import { type ProductId, productId } from "../candles/product.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import { readConfig } from "../config.ts";
import { Catalogue } from "../exchange/catalogue.ts";
import { configureLog, logger } from "../log.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { FollowedProducts } from "./followed_products.ts";

const BTC = productId("BTC-USD");
const ALIAS = listed("BTC-USDC", { alias: BTC });

interface Exchange {
  /** What it lists, or how it fails. */
  products: readonly ExchangeProduct[] | Error;
  /** The database's answer; without it there is none. */
  storeReady?(): Promise<void>;
}

/** Followed products of an exchange that a test may change, without a database. */
async function following(
  env: Readonly<Record<string, string>>,
  exchange: Exchange,
  test: (it: {
    followed: FollowedProducts;
    catalogue: Catalogue;
    clock: FakeClock;
    lines: string[];
    changes: (readonly ProductId[])[];
  }) => Promise<void>,
): Promise<void> {
  const lines: string[] = [];
  configureLog({ level: "info", format: "human", write: (line) => void lines.push(line) });
  const stop = new AbortController();
  const clock = new FakeClock();
  const catalogue = new Catalogue();
  const away = () => Promise.reject(new Error("no database"));
  const followed = new FollowedProducts({
    config: readConfig(env),
    rest: {
      products: () =>
        exchange.products instanceof Error
          ? Promise.reject(exchange.products)
          : Promise.resolve([...exchange.products]),
    },
    store: { ready: () => exchange.storeReady?.() ?? away(), products: Object.create(null) },
    catalogue,
    storeIsReady: () => Promise.resolve(false),
    signal: stop.signal,
    clock,
    log: logger("exchange"),
  });
  const changes: (readonly ProductId[])[] = [];
  const running = followed.first().then(() => followed.keep((own) => void changes.push(own)));
  try {
    await clock.pass(0);
    await test({ followed, catalogue, clock, lines, changes });
  } finally {
    stop.abort();
    await running;
    configureLog({ level: "error", write: () => {} });
  }
}

Deno.test("followed products - one that is unknown is named and stops nothing else", () =>
  following(
    { PRODUCTS: "BTC-USD,XYZ-USD,BTC-USDC,ETH-USD" },
    { products: [listed(BTC), ALIAS, listed("ETH-USD", { tradingDisabled: true })] },
    ({ followed, catalogue, lines }) => {
      assert.deepEqual(followed.own, [BTC]);
      const { state, detail, unavailable } = followed.state;
      assert.equal(state, "degraded");
      assert.match(
        detail ?? "",
        /3 not followed.*XYZ-USD.*use BTC-USD instead.*ETH-USD has its trad/,
      );
      assert.deepEqual(
        unavailable.map(({ product, reason, instead }) => [product, reason, instead]),
        [
          ["XYZ-USD", "unknown", null],
          ["BTC-USDC", "alias", "BTC-USD"],
          ["ETH-USD", "trading_disabled", null],
        ],
      );
      const log = lines.join("\n");
      for (const { product } of unavailable) {
        assert.match(log, new RegExp(`${product} of PRODUCTS is not followed: `));
      }
      assert.equal(catalogue.absence(productId("BTC-USDC"))?.instead, BTC);
      assert.equal(catalogue.absence(productId("NEVER-USD"))?.reason, "unknown");
      assert.equal(catalogue.absence(BTC), null);
      return Promise.resolve();
    },
  ));

Deno.test("followed products - an alias beside its own product lacks nothing, and is logged", () =>
  following(
    { PRODUCTS: "BTC-USD,BTC-USDC,BTC-USD" },
    { products: [listed(BTC), ALIAS] },
    ({ followed }) => {
      assert.deepEqual(followed.own, [BTC]);
      assert.equal(followed.state.state, "up");
      assert.match(followed.state.detail ?? "", /BTC-USDC is another name of BTC-USD/);
      return Promise.resolve();
    },
  ));

Deno.test("followed products - with none left the state is down, with the reason, until one comes online", () => {
  const exchange: Exchange = { products: [listed(BTC), ALIAS] };
  return following(
    { PRODUCTS: "BTC-USDC,NEW-USD" },
    exchange,
    async ({ followed, clock, changes, lines }) => {
      assert.equal(followed.state.state, "down");
      assert.match(
        followed.state.detail ?? "",
        /None of PRODUCTS can be followed: .*use BTC-USD instead; .*no product NEW-USD/,
      );
      exchange.products = [listed(BTC), ALIAS, listed("NEW-USD")];
      await clock.pass(30_000);
      assert.deepEqual(changes, [["NEW-USD"]]);
      assert.equal(followed.state.state, "degraded");
      assert.match(lines.join("\n"), /NEW-USD is followed now/);
      exchange.products = [listed(BTC), ALIAS, listed("NEW-USD", { status: "offline" })];
      await clock.pass(30_000);
      assert.deepEqual(changes.at(-1), []);
      assert.equal(followed.state.state, "down");
      assert.match(lines.join("\n"), /NEW-USD is no longer followed: .*status is "offline"/);
      const logged = lines.length;
      await clock.pass(120_000);
      assert.equal(lines.length, logged, "what has not changed is not logged again");
    },
  );
});

Deno.test("followed products - a list that cannot be read is read again, sooner than the next round", () => {
  const exchange: Exchange = { products: [listed(BTC)] };
  return following({}, exchange, async ({ followed, clock, changes, lines }) => {
    assert.equal(followed.state.state, "up");
    for (const broken of [new Error("http_403"), []]) {
      exchange.products = broken;
      await clock.pass(300_000);
      assert.deepEqual(followed.own, [BTC], "what was followed stays");
    }
    assert.equal(lines.filter((line) => line.includes("could not be read")).length, 1);
    const before = changes.length;
    exchange.products = [listed(BTC), listed("ETH-USD")];
    await clock.pass(300_000);
    assert.ok(changes.length > before);
    assert.deepEqual([...followed.own].sort(), ["BTC-USD", "ETH-USD"]);
    assert.match(lines.join("\n"), /product list is read again/);
  });
});

Deno.test("followed products - a database that refuses them is sent them again, one attempt at a time", () => {
  let attempts = 0;
  let concurrent = 0;
  const storeReady = async () => {
    attempts++;
    assert.equal(++concurrent, 1);
    await Promise.resolve();
    concurrent--;
    throw new Error("read-only");
  };
  const exchange: Exchange = { products: [listed(BTC)], storeReady };
  return following({}, exchange, async ({ clock, lines }) => {
    await clock.pass(1_800_000);
    assert.ok(attempts > 20 && attempts < 60, `${attempts}`);
    assert.equal(lines.filter((line) => line.includes("Storing the products failed")).length, 1);
  });
});

Deno.test("followed products - a start waits for the exchange, and reports it", () => {
  const exchange: Exchange = { products: new Error("network") };
  return following({}, exchange, async ({ followed, clock }) => {
    assert.equal(followed.state.state, "down");
    assert.match(followed.state.detail ?? "", /product list could not be read/);
    exchange.products = [listed(BTC)];
    await clock.pass(5000);
    assert.deepEqual(followed.own, [BTC]);
    assert.equal(followed.state.state, "up");
  });
});

Deno.test("followed products - a shard without products reports that, and is not down", async () => {
  let empty = 0;
  for (const index of [0, 1, 2]) {
    const env = { PRODUCTS: "BTC-USD", SHARD_COUNT: "3", SHARD_INDEX: `${index}` };
    await following(env, { products: [listed(BTC)] }, ({ followed, lines }) => {
      assert.equal(followed.state.state, "up");
      if (followed.own.length > 0) return Promise.resolve();
      empty++;
      assert.match(
        followed.state.detail ?? "",
        new RegExp(`No product falls to this shard, SHARD_INDEX ${index} of 3`),
      );
      assert.match(lines.join("\n"), /no product is followed by this process/);
      return Promise.resolve();
    });
  }
  assert.equal(empty, 2);
});
