import assert from "node:assert/strict";
import { decimal } from "../candles/decimal.ts";
import { type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { Catalogue } from "../exchange/catalogue.ts";
import type { CatalogueProduct } from "../exchange/catalogue_product.ts";
import { NO_EXACT_PAST } from "../history/exact_pasts.ts";
import { answerProduct, answerProducts } from "./products.ts";

const NO_DATES = {
  exactPasts: { of: () => Promise.resolve(NO_EXACT_PAST) },
  auditDates: { until: () => Promise.resolve(null) },
};
const PEPE: CatalogueProduct = {
  id: productId("PEPE-USD"),
  baseName: 'Pe"pe',
  baseCurrency: "PEPE",
  quoteCurrency: "USD",
  price: decimal("0.000000010000000001"),
  priceChange24h: decimal("-3.5"),
  volume24h: decimal("123456789012345678.5"),
  quoteVolume24h: null,
  quoteIncrement: decimal("0.00000001"),
  status: "delisted",
};
const BTC: CatalogueProduct = {
  ...PEPE,
  id: productId("BTC-USD"),
  quoteVolume24h: decimal("5"),
  status: "online",
};

Deno.test("products - products are listed by volume with every digit, the delisted ones marked", async () => {
  const answer = await answerProducts(catalogue(PEPE, BTC), new Request("http://x/api/products"));
  const text = await answer.text();
  assert.match(text, /"price":0\.000000010000000001,.*"volume_24h":123456789012345678\.5,/);
  const { products } = JSON.parse(text);
  assert.deepEqual(
    products.map((product: Record<string, unknown>) => [
      product.product_id,
      product.base_name,
      product.status,
      product.quote_volume_24h,
    ]),
    [["BTC-USD", 'Pe"pe', "online", 5], ["PEPE-USD", 'Pe"pe', "delisted", null]],
  );
});

Deno.test("products - an unchanged list of products is not sent twice", async () => {
  const known = catalogue(BTC);
  const first = await answerProducts(known, new Request("http://x/api/products"));
  const headers = { "if-none-match": first.headers.get("etag") ?? "" };
  const request = () => answerProducts(known, new Request("http://x/api/products", { headers }));
  assert.equal((await request()).status, 304);
  known.set([{ ...BTC, price: decimal("2") }]);
  assert.equal((await request()).status, 200);
});

Deno.test("products - one product is found by its id; an unknown one is 404, an impossible one 400", async () => {
  const known = catalogue(BTC);
  const status = async (id: string) => {
    const answer = await answerProduct(
      { catalogue: known, ...NO_DATES },
      new Request("http://x"),
      id,
    );
    return [answer.status, answer.headers.get("content-type")];
  };
  assert.deepEqual(await status("BTC-USD"), [200, "application/json"]);
  assert.deepEqual(await status("ETH-USD"), [404, "application/problem+json"]);
  assert.deepEqual(await status("btc/usd"), [400, "application/problem+json"]);
});

Deno.test("products - a product has the date from which it is exact, and the one up to which it was compared with the exchange's candles", async () => {
  const known = catalogue(BTC);
  const request = async (until: EpochSeconds | null) => {
    const services = {
      catalogue: known,
      exactPasts: { of: () => Promise.resolve({ ...NO_EXACT_PAST, since: epochSeconds(60) }) },
      auditDates: { until: () => Promise.resolve(until) },
    };
    return await (await answerProduct(services, new Request("http://x"), "BTC-USD")).json();
  };
  assert.equal((await request(epochSeconds(1_704_567_600))).audited_until, 1_704_567_600);
  const { audited_until: until, exact_since: since, product_id: id } = await request(null);
  assert.deepEqual([until, since, id], [null, 60, "BTC-USD"]);
});

Deno.test("products - before the catalogue is loaded the answer is 503, not an empty list", async () => {
  const empty = new Catalogue();
  const answers = [
    await answerProducts(empty, new Request("http://x")),
    await answerProduct({ catalogue: empty, ...NO_DATES }, new Request("http://x"), "BTC-USD"),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [503, 503]);
});

function catalogue(...products: readonly CatalogueProduct[]): Catalogue {
  const catalogue = new Catalogue();
  catalogue.set(products);
  return catalogue;
}
