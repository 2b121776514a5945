import type { ProductId } from "../candles/product.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import { type Absence, unknownAbsence } from "../exchange/absence.ts";

const MAX_STATUS_LENGTH = 40;
/** Longer chains of aliases are taken for a mistake of the exchange. */
const MAX_ALIASES = 5;

/** Explains by the exchange's product list why a product cannot be followed, whether it is listed or not. */
export class AbsentProducts {
  readonly #listed: ReadonlyMap<ProductId, ExchangeProduct>;
  /** Aliases that are known only from the product whose order book they share. */
  readonly #aliasOf = new Map<ProductId, ProductId>();

  constructor(listed: readonly ExchangeProduct[]) {
    this.#listed = new Map(listed.map((product) => [product.productId, product]));
    for (const { productId, aliasTo } of listed) {
      for (const name of aliasTo) this.#aliasOf.set(name, productId);
    }
  }

  /** Null if the product is online under its own name. */
  why(id: ProductId): Absence | null {
    const target = this.#target(id);
    if (target !== id) return this.#alias(id, target);
    const product = this.#listed.get(id);
    return product === undefined ? unknownAbsence(id) : unavailable(product);
  }

  /** Why each listed product that is not followed is absent. */
  amongOthers(followed: ReadonlySet<ProductId>): Map<ProductId, Absence> {
    const absences = new Map<ProductId, Absence>();
    for (const id of [...this.#listed.keys(), ...this.#aliasOf.keys()]) {
      if (!followed.has(id)) absences.set(id, this.why(id) ?? notFollowed(id));
    }
    return absences;
  }

  /** The product whose order book this one really has. */
  #target(id: ProductId): ProductId {
    let target = id;
    for (let step = 0; step < MAX_ALIASES; step++) {
      const product = this.#listed.get(target);
      const next = product === undefined ? this.#aliasOf.get(target) : product.alias;
      if (next === null || next === undefined || next === target) break;
      target = next;
    }
    return target;
  }

  #alias(id: ProductId, target: ProductId): Absence {
    const product = this.#listed.get(target);
    const absence = product === undefined ? unknownAbsence(target) : unavailable(product);
    const name = `${id} is another name of ${target}`;
    return {
      product: id,
      reason: "alias",
      instead: absence === null ? target : null,
      detail: absence === null
        ? `${name}, which has its trades: use ${target} instead`
        : `${name}, which cannot be followed either: ${absence.detail}`,
    };
  }
}

/** Whether a product's trades come, under this name or another. */
export function isTrading(product: ExchangeProduct): boolean {
  return unavailable(product) === null;
}

function unavailable(product: ExchangeProduct): Absence | null {
  const { productId, status, tradingDisabled, isDisabled, viewOnly } = product;
  const absent = (reason: Absence["reason"], detail: string): Absence => ({
    product: productId,
    reason,
    instead: null,
    detail: `${productId} ${detail}`,
  });
  if (status === "delisted") return absent("delisted", "is delisted at the exchange");
  if (status !== "online") {
    const shown = status.slice(0, MAX_STATUS_LENGTH);
    return absent("offline", `is not online at the exchange: its status is "${shown}"`);
  }
  if (isDisabled) return absent("disabled", "is disabled at the exchange");
  if (tradingDisabled) {
    return absent("trading_disabled", "has its trading disabled at the exchange");
  }
  if (viewOnly) return absent("view_only", "can only be viewed at the exchange: it has no trades");
  return null;
}

function notFollowed(product: ProductId): Absence {
  return {
    product,
    reason: "not_followed",
    instead: null,
    detail: `${product} is online at the exchange and not among the products chosen here ` +
      "(PRODUCTS, MAX_PRODUCTS)",
  };
}
