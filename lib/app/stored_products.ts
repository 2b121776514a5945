import type { Catalogue } from "../exchange/catalogue.ts";
import { catalogueEntry, type CatalogueProduct } from "../exchange/catalogue_product.ts";
import { logger } from "../log.ts";
import type { StoredProduct } from "../store/product_store.ts";
import type { Store } from "../store/store.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";

const RETRY_MS = 2000;
const REFRESH_MS = 30_000;

/** The part of the store that is read. */
interface ProductReads {
  readonly products: Pick<Store["products"], "all">;
}

/**
 * Keeps the catalogue up to date from the database, for processes that do not talk to the exchange. Ends with the
 * signal.
 */
export async function followStoredProducts(
  store: ProductReads & Pick<Store, "ready">,
  catalogue: Catalogue,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<void> {
  while (!signal.aborted) {
    let waitMs = RETRY_MS;
    try {
      await store.ready();
      const products = await readFollowed(store);
      if (products.length > 0 && !signal.aborted) {
        catalogue.set(products);
        waitMs = REFRESH_MS;
      }
    } catch (error) {
      if (!signal.aborted) logger("catalogue").debug("products cannot be read", { error });
    }
    await pause(waitMs, signal, clock);
  }
}

/** The products that are followed, or were until the exchange delisted them, as pages show them. */
export async function readFollowed(store: ProductReads): Promise<CatalogueProduct[]> {
  const products = await store.products.all();
  return products
    .filter(({ followed, delistedAtMs }) => followed || delistedAtMs !== null)
    .map((product) => catalogueEntry(product, statusOf(product)));
}

function statusOf({ delistedAtMs, status }: StoredProduct): CatalogueProduct["status"] {
  if (delistedAtMs !== null) return "delisted";
  return status === "online" ? "online" : "offline";
}
