import { readProduct } from "../coinbase/product_reader.ts";
import { asList, isRecord } from "../coinbase/json.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import { type Assumption, Tally } from "./assumption.ts";
import { type Evidence, quoteAnswer, quoteFrame } from "./evidence.ts";

/** The assumptions about the list of products. */
export const PRODUCTS: readonly Assumption[] = [
  {
    name: "products - the product understands every row",
    check(evidence) {
      const tally = new Tally();
      for (const answer of evidence.served("products")) {
        const rows = asList(answer.json?.products);
        if (rows === null) tally.expect(false, () => quoteAnswer(answer));
        for (const row of rows ?? []) {
          const product = readProduct(row);
          tally.expect(
            product !== null && product.status !== "",
            () => quoteAnswer(answer, row),
          );
        }
      }
      return tally.outcome("rows");
    },
  },
  {
    name: "products - limit and offset page through the list without repeating",
    check(evidence) {
      const tally = new Tally();
      const seen = new Map<string, number>();
      for (const answer of evidence.served("products page")) {
        const rows = asList(answer.json?.products) ?? [];
        if (rows.length > Number(answer.query.get("limit"))) {
          tally.against(quoteAnswer(answer));
        }
        for (const row of rows) {
          const id = isRecord(row) ? String(row.product_id) : "";
          const line = seen.get(id);
          tally.expect(line === undefined, () => `${id} of line ${line} again on ${answer.line}`);
          seen.set(id, answer.line);
        }
      }
      return tally.outcome("rows", 2);
    },
  },
  {
    name: "products - an alias names a product that names it back",
    check(evidence) {
      const tally = new Tally();
      const all = listedProducts(evidence);
      const byId = new Map(all.map((product) => [product.productId, product]));
      for (const { productId, alias, aliasTo } of all) {
        if (alias !== null) {
          const isMutual = byId.get(alias)?.aliasTo.includes(productId) === true;
          tally.expect(
            isMutual,
            () => `${productId} is an alias of ${alias}, which does not list it as one`,
          );
        }
        for (const twin of aliasTo) {
          // A twin may be listed on a page that was not requested.
          const found = byId.get(twin);
          if (found === undefined) continue;
          tally.expect(
            found.alias === productId,
            () => `${productId} has the alias ${twin}, which does not list it as one`,
          );
        }
      }
      return tally.outcome("aliases");
    },
  },
  {
    name: "products - subscribed by its alias, a product's trades come under its own name",
    check(evidence) {
      const tally = new Tally();
      const [twin] = evidence.subscribed("twin");
      const own = listedProducts(evidence).find(({ productId }) => productId === twin)?.alias;
      if (twin !== undefined && own) {
        for (const frame of evidence.of("twin")) {
          if (frame.message.kind === "error") tally.expect(false, () => quoteFrame(frame));
          if (frame.message.kind !== "trades") continue;
          for (const { productId } of frame.message.trades) {
            tally.expect(productId === own, () => quoteFrame(frame));
          }
        }
      }
      return tally.outcome(() => `${tally.seen} trades of ${twin ?? "no alias"}`);
    },
  },
];

/** The products of all pages of the list. */
export function listedProducts(evidence: Evidence): readonly ExchangeProduct[] {
  return evidence.served("products").flatMap(({ json }) =>
    (asList(json?.products) ?? []).flatMap((row) => readProduct(row) ?? [])
  );
}
