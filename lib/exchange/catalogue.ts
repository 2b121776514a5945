import { type Absence, unknownAbsence } from "./absence.ts";
import type { CatalogueProduct } from "./catalogue_product.ts";
import { compare, ZERO } from "../candles/decimal.ts";
import type { ProductId } from "../candles/product.ts";

export type { CatalogueProduct } from "./catalogue_product.ts";

/**
 * The products that this process knows, most traded first. Empty until first set, from the exchange
 * or the database.
 */
export class Catalogue {
  #products: readonly CatalogueProduct[] = [];
  #byId: ReadonlyMap<ProductId, CatalogueProduct> = new Map();
  #ids: readonly ProductId[] = [];
  #ranks: ReadonlyMap<ProductId, number> = new Map();
  /**
   * Why products are not in the catalogue, as far as the exchange has reported it; null before
   * that.
   */
  #absences: ReadonlyMap<ProductId, Absence> | null = null;
  #loaded = false;
  #version = 0;

  get loaded(): boolean {
    return this.#loaded;
  }

  /** Goes up with every change; 0 before the first. */
  get version(): number {
    return this.#version;
  }

  /** Why the exchange's other products are not here; null if that is not known. */
  get absences(): ReadonlyMap<ProductId, Absence> | null {
    return this.#absences;
  }

  ids(): readonly ProductId[] {
    return this.#ids;
  }

  has(id: ProductId): boolean {
    return this.#byId.has(id);
  }

  get(id: ProductId): CatalogueProduct | null {
    return this.#byId.get(id) ?? null;
  }

  /** A product's place by volume, 0 for the most traded; null if it is not here. */
  rank(id: ProductId): number | null {
    return this.#ranks.get(id) ?? null;
  }

  all(): readonly CatalogueProduct[] {
    return this.#products;
  }

  /** Why a product is not here; null if it is, or if that is not known. */
  absence(id: ProductId): Absence | null {
    if (this.#absences === null || this.has(id)) return null;
    return this.#absences.get(id) ?? unknownAbsence(id);
  }

  /** Sets why the exchange's other products are not here. */
  explain(absences: ReadonlyMap<ProductId, Absence>): void {
    this.#absences = absences;
    this.#version++;
  }

  /** Replaces all products. An empty list is a catalogue that has loaded and has nothing. */
  set(products: readonly CatalogueProduct[]): void {
    this.#products = [...products].sort((a, b) =>
      compare(b.quoteVolume24h ?? ZERO, a.quoteVolume24h ?? ZERO) || (a.id < b.id ? -1 : 1)
    );
    this.#byId = new Map(this.#products.map((product) => [product.id, product]));
    this.#ids = this.#products.map(({ id }) => id);
    this.#ranks = new Map(this.#ids.map((id, rank) => [id, rank]));
    this.#loaded = true;
    this.#version++;
  }
}
