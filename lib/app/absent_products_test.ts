import assert from "node:assert/strict";
import { listed } from "../../tests/sample_exchange_products.ts";
import { productId } from "../candles/product.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import { AbsentProducts } from "./absent_products.ts";

const BTC = productId("BTC-USD");
const USDC = productId("BTC-USDC");

function why(id: string, products: readonly ExchangeProduct[]) {
  return new AbsentProducts(products).why(productId(id));
}

Deno.test("absent products - each reason is named, with what the exchange reports", () => {
  const cases: [Partial<ExchangeProduct>, string, RegExp][] = [
    [{ status: "delisted" }, "delisted", /BTC-USD is delisted/],
    [{ status: "delisted", isDisabled: true, tradingDisabled: true }, "delisted", /is delisted/],
    [{ status: "paused" }, "offline", /status is "paused"/],
    [{ status: "" }, "offline", /status is ""/],
    [{ isDisabled: true }, "disabled", /is disabled/],
    [{ tradingDisabled: true }, "trading_disabled", /trading disabled/],
    [{ viewOnly: true }, "view_only", /only be viewed/],
  ];
  for (const [other, reason, detail] of cases) {
    const absence = why(BTC, [listed(BTC, other)]);
    assert.equal(absence?.reason, reason);
    assert.equal(absence?.instead, null);
    assert.match(absence?.detail ?? "", detail);
  }
  assert.equal(why(BTC, [listed(BTC)]), null);
  const unknown = why("XYZ-USD", [listed(BTC)]);
  assert.deepEqual([unknown?.reason, unknown?.instead], ["unknown", null]);
  assert.match(unknown?.detail ?? "", /lists no product XYZ-USD/);
});

Deno.test("absent products - an alias names what to list instead, if that can be followed", () => {
  const alias = listed(USDC, { alias: BTC });
  const absence = why(USDC, [listed(BTC), alias]);
  assert.deepEqual([absence?.reason, absence?.instead], ["alias", BTC]);
  assert.match(absence?.detail ?? "", /BTC-USDC is another name of BTC-USD.*use BTC-USD instead/);
  const dead = why(USDC, [listed(BTC, { status: "delisted" }), alias]);
  assert.deepEqual([dead?.reason, dead?.instead], ["alias", null]);
  assert.match(dead?.detail ?? "", /cannot be followed either: BTC-USD is delisted/);
  assert.match(why(USDC, [alias])?.detail ?? "", /either: The exchange lists no product BTC-USD/);
});

Deno.test("absent products - an alias that only its product names, a chain and a circle are followed to their end", () => {
  const named = why(USDC, [listed(BTC, { aliasTo: [USDC] })]);
  assert.deepEqual([named?.reason, named?.instead], ["alias", BTC]);
  const chain = [
    listed("A-USD", { alias: productId("B-USD") }),
    listed("B-USD", { alias: productId("C-USD") }),
    listed("C-USD"),
  ];
  assert.equal(why("A-USD", chain)?.instead, "C-USD");
  const circle = [
    listed("A-USD", { alias: productId("B-USD") }),
    listed("B-USD", { alias: productId("A-USD") }),
  ];
  assert.equal(typeof why("A-USD", circle)?.detail, "string");
  assert.equal(why(BTC, [listed(BTC, { alias: BTC })]), null, "its own name is not an alias");
});
