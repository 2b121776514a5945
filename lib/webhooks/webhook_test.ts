import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { productId } from "../candles/product.ts";
import { parseWebhooks, wants } from "./webhook.ts";

const SECRET = `whsec_${new Uint8Array(32).fill(7).toBase64()}`;
const GOOD = { name: "risk", url: "https://risk.example.com/candles", secret: SECRET };

function parse(...webhooks: readonly object[]) {
  return parseWebhooks(JSON.stringify({ webhooks }));
}

Deno.test("webhook file - what is left out is every product's minutes, exact or not", () => {
  const [webhook = assert.fail()] = parse(GOOD);
  assert.equal(webhook.key.length, 32);
  assert.ok(wants(webhook, sampleCandle({ exact: false })));
  assert.ok(!wants(webhook, sampleCandle({ granularity: "ONE_HOUR" })));
});

Deno.test("webhook file - products, granularities in any spelling, and exactness choose candles", () => {
  const [webhook = assert.fail()] = parse({
    ...GOOD,
    products: ["BTC-USD"],
    granularities: ["1m", "ONE_DAY"],
    exactOnly: true,
  });
  assert.deepEqual(webhook.granularities, ["ONE_MINUTE", "ONE_DAY"]);
  assert.ok(wants(webhook, sampleCandle()));
  assert.ok(!wants(webhook, sampleCandle({ exact: false })));
  assert.ok(!wants(webhook, sampleCandle({ productId: productId("ETH-USD") })));
});

Deno.test("webhook file - what is wrong is named, and no secret is shown", () => {
  const refused: readonly (readonly [object, RegExp])[] = [
    [{ ...GOOD, name: "Risk!" }, /^webhooks\.0\.name: give small letters/],
    [{ ...GOOD, url: "ftp://x" }, /^webhooks\.0\.url: give a URL/],
    [{ ...GOOD, url: "https://user:pw@x" }, /without credentials/],
    [{ ...GOOD, secret: "hunter2hunter2" }, /^webhooks\.0\.secret: give whsec_/],
    [{ ...GOOD, secret: "whsec_c2hvcnQ=" }, /24 bytes/],
    [{ ...GOOD, products: ["btc"] }, /^webhooks\.0\.products/],
    [{ ...GOOD, granularities: ["TEN_MINUTE"] }, /^webhooks\.0\.granularities.*ONE_MINUTE/],
    [{ ...GOOD, exactOnly: "yes" }, /^webhooks\.0\.exactOnly: give true or false/],
    [{ ...GOOD, retries: 3 }, /^webhooks\.0: .*retries/],
  ];
  for (const [webhook, message] of refused) {
    assert.throws(() => parse(webhook), (error: Error) => {
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /hunter2|c2hvcnQ|pw@/);
      return true;
    });
  }
  assert.throws(() => parse(GOOD, GOOD), /each name once/);
  assert.throws(
    () => parseWebhooks(`{"webhooks": [{"secret": "${SECRET}"`),
    /^Error: the file is not JSON$/,
  );
  assert.deepEqual(parse(), []);
});
