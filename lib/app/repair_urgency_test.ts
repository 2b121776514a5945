import assert from "node:assert/strict";
import { Catalogue } from "../exchange/catalogue.ts";
import { productId } from "../candles/product.ts";
import { catalogueOf } from "../../tests/sample_products.ts";
import { repairUrgency } from "./repair_urgency.ts";

Deno.test("repair urgency - what a stream shows comes first, then the most traded, then the unknown", () => {
  const ids = Array.from({ length: 300 }, (_, at) => productId(`P${at}-USD`));
  const catalogue: Catalogue = catalogueOf(ids);
  const of = (id: string) => repairUrgency(catalogue.rank(productId(id)), false);
  assert.equal(repairUrgency(catalogue.rank(productId("P250-USD")), true), 9);
  assert.equal(of("P0-USD"), 8);
  assert.equal(of("P24-USD"), 8);
  assert.equal(of("P25-USD"), 7);
  assert.equal(of("P299-USD"), 0);
  assert.equal(of("NOT-LISTED"), 0, "a product that the catalogue does not have is not urgent");
});
