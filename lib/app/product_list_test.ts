import assert from "node:assert/strict";
import { listed } from "../../tests/sample_exchange_products.ts";
import { productId } from "../candles/product.ts";
import { productList } from "./product_list.ts";

Deno.test("product list - followed products are online, whatever else the exchange lists", () => {
  const list = productList([listed("A-USD"), listed("B-USD")], [productId("A-USD")], []);
  assert.deepEqual(list.map(({ id, status }) => [id, status]), [["A-USD", "online"]]);
});

Deno.test("product list - what was followed stays: delisted if it is gone, offline if it does not trade", () => {
  const all = ["A-USD", "B-USD", "C-USD", "D-USD"].map((id) => listed(id));
  const known = productList(all, all.map(({ productId }) => productId), []);
  const now = [
    listed("A-USD"),
    { ...listed("B-USD"), tradingDisabled: true },
    { ...listed("D-USD"), status: "delisted" },
  ];
  const list = productList(now, [productId("A-USD")], known);
  const states = [["A-USD", "online"], ["B-USD", "offline"], ["C-USD", "delisted"]]
    .concat([["D-USD", "delisted"]]);
  assert.deepEqual(list.map(({ id, status }) => [id, status]), states);
});

Deno.test("product list - a delisted product that comes back is online again", () => {
  const known = productList([listed("A-USD")], [productId("A-USD")], []);
  const gone = productList([], [], known);
  const back = productList([listed("A-USD")], [productId("A-USD")], gone);
  assert.deepEqual([gone[0]?.status, back[0]?.status], ["delisted", "online"]);
});

Deno.test("product list - a product that trades but is no longer followed is left out", () => {
  const known = productList([listed("A-USD")], [productId("A-USD")], []);
  assert.deepEqual(productList([listed("A-USD")], [], known), []);
});
