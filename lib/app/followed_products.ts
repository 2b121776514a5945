import type { ProductId } from "../candles/product.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import type { ExchangeRest } from "../exchange/exchange_rest.ts";
import type { Config } from "../config.ts";
import type { Absence } from "../exchange/absence.ts";
import type { Catalogue } from "../exchange/catalogue.ts";
import { type Logger, logger } from "../log.ts";
import { type ProductsState, STARTING } from "../metrics/status.ts";
import type { Store } from "../store/store.ts";
import { BackOff } from "../time/back_off.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";
import { AbsentProducts } from "./absent_products.ts";
import { chooseProducts, shardOf } from "./product_choice.ts";
import { productList } from "./product_list.ts";
import { productsState } from "./products_state.ts";
import { untilDone } from "./until_done.ts";
import { readFollowed } from "./stored_products.ts";

export interface FollowedProductsParts {
  readonly config: Pick<Config, "products" | "maxProducts" | "shard">;
  readonly rest: Pick<ExchangeRest, "products">;
  readonly store: Pick<Store, "ready" | "products">;
  readonly catalogue: Catalogue;
  /** Whether the database answers within the time a start may wait for it. */
  storeIsReady(): Promise<boolean>;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly log?: Logger;
}

const EVERY_MS = 300_000;
/** How often the list is read while a product of `PRODUCTS` is absent. */
const ABSENT_EVERY_MS = 30_000;
const RETRY_MS = 5000;
const PRIORITY = 200;
const MAX_LINES = 50;

/**
 * Decides which products this shard follows, by the exchange's list, which is read periodically: a product that comes
 * online later is followed then, and one that is listed in `PRODUCTS` and cannot be followed is named with its reason.
 */
export class FollowedProducts {
  readonly #parts: FollowedProductsParts;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #backOff: BackOff;
  #state: ProductsState = { ...STARTING, unavailable: [] };
  #own: readonly ProductId[] = [];
  /** Null until the exchange's list was read. */
  #followed: ReadonlySet<ProductId> | null = null;
  #reported = new Map<ProductId, string>();
  /** The list to store next; a newer one replaces it. */
  #toStore: { listed: readonly ExchangeProduct[]; followed: readonly ProductId[] } | null = null;
  #storing: Promise<void> | null = null;
  /** Whether the exchange's list could not be read last time. */
  #isUnread = false;

  constructor(parts: FollowedProductsParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#log = parts.log ?? logger("exchange");
    this.#backOff = new BackOff(RETRY_MS, EVERY_MS, this.#clock);
  }

  /** Whether all chosen products are followed. */
  get state(): ProductsState {
    return this.#state;
  }

  get own(): readonly ProductId[] {
    return this.#own;
  }

  /** Retries until the exchange or the database has any products. Null when aborted first. */
  async first(): Promise<readonly ProductId[] | null> {
    const { signal } = this.#parts;
    while (!signal.aborted) {
      if (await this.#load()) return this.#own;
      if (await this.#takeStored()) return this.#own;
      await pause(RETRY_MS, signal, this.#clock);
    }
    return null;
  }

  /** Reads the list periodically until aborted; `onChange` gets the products of this shard every time. */
  async keep(onChange: (own: readonly ProductId[]) => void): Promise<void> {
    const { signal } = this.#parts;
    while (!signal.aborted) {
      await pause(this.#waitMs(), signal, this.#clock);
      if (!signal.aborted && await this.#load()) onChange(this.#own);
    }
  }

  #waitMs(): number {
    if (this.#isUnread) return this.#backOff.nextMs();
    return this.#state.unavailable.length > 0 ? ABSENT_EVERY_MS : EVERY_MS;
  }

  /** False if the list could not be read, which is logged once. */
  async #load(): Promise<boolean> {
    const { rest, signal } = this.#parts;
    try {
      const listed = await rest.products({ priority: PRIORITY });
      // An empty list is taken for a failure.
      if (listed.length === 0) throw new Error("the exchange's product list is empty");
      this.#take(listed);
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
      return false;
    }
    if (this.#isUnread) this.#log.info("the exchange's product list is read again");
    this.#isUnread = false;
    this.#backOff.reset();
    return true;
  }

  #failed(error: unknown): void {
    const message = this.#followed === null
      ? "the exchange cannot be reached and is being tried again; " +
        "`deno task demo` needs no network"
      : "the exchange's product list could not be read and is being tried again";
    if (this.#isUnread) this.#log.debug(message, { error });
    else this.#log.warn(message, { error });
    this.#isUnread = true;
    // Followed products stay unchanged.
    if (this.#followed !== null || this.#own.length > 0) return;
    this.#state = {
      state: "down",
      detail:
        "The exchange cannot be reached (its product list could not be read); it is being tried again",
      unavailable: [],
    };
  }

  #take(listed: readonly ExchangeProduct[]): void {
    const { config: { products: choice, shard }, config, catalogue } = this.#parts;
    const followed = chooseProducts(listed, config, new Set(catalogue.ids()));
    const absences = new AbsentProducts(listed);
    const ids = new Set(followed);
    const absent = choice.kind === "list"
      ? choice.ids.flatMap((id) => ids.has(id) ? [] : absences.why(id) ?? [])
      : [];
    catalogue.set(productList(listed, followed, catalogue.all()));
    catalogue.explain(absences.amongOthers(ids));
    this.#own = shardOf(followed, shard);
    this.#state = productsState({ choice, shard, followed, own: this.#own, absent });
    this.#report(absent, ids, absences);
    this.#followed = ids;
    this.#toStore = { listed, followed };
    this.#storing ??= this.#keepStored().finally(() => this.#storing = null);
  }

  /** Logs what has changed since the last time. */
  #report(
    absent: readonly Absence[],
    followed: ReadonlySet<ProductId>,
    absences: AbsentProducts,
  ): void {
    const { shard } = this.#parts.config;
    let lines = 0;
    const warn = (message: string, properties: Record<string, unknown>) => {
      if (lines++ < MAX_LINES) this.#log.warn(message, properties);
    };
    for (const product of this.#reported.keys()) {
      if (followed.has(product)) this.#log.info("{product} is followed now", { product });
    }
    const reported = new Map(absent.map(({ product, detail }) => [product, detail]));
    for (const product of this.#followed ?? []) {
      if (followed.has(product)) continue;
      const detail = absences.why(product)?.detail ?? `${product} is no longer chosen`;
      warn("{product} is no longer followed: {detail}", { product, detail });
    }
    for (const { product, detail } of absent) {
      const isKnown = this.#reported.get(product) === detail || this.#followed?.has(product);
      if (!isKnown) {
        warn("{product} of PRODUCTS is not followed: {detail}", { product, detail });
      }
    }
    if (lines > MAX_LINES) {
      this.#log.warn("{more} more products are not followed", { more: lines - MAX_LINES });
    }
    if (this.#followed === null && this.#own.length === 0) {
      const { index, count } = shard;
      this.#log.warn("no product is followed by this process, SHARD_INDEX {index} of {count}", {
        index,
        count,
        products: followed.size,
      });
    }
    this.#reported = reported;
  }

  /** Resumes with what an earlier run followed; false if that is nothing or unknown. */
  async #takeStored(): Promise<boolean> {
    const { store, catalogue, config, storeIsReady } = this.#parts;
    try {
      if (!await storeIsReady()) return false;
      const products = await readFollowed(store);
      const online = products.filter(({ status }) => status === "online").map(({ id }) => id);
      const own = shardOf(online, config.shard);
      if (own.length === 0) return false;
      catalogue.set(products);
      this.#own = own;
      this.#state = {
        state: "degraded",
        detail: "The exchange's product list could not be read: what an earlier run followed is " +
          "followed; it is being tried again",
        unavailable: [],
      };
      return true;
    } catch (error) {
      this.#log.debug("the products of earlier runs cannot be read", { error });
      return false;
    }
  }

  async #keepStored(): Promise<void> {
    const { signal } = this.#parts;
    while (this.#toStore !== null && !signal.aborted) {
      await untilDone("Storing the products", async () => {
        const { listed, followed } = this.#toStore ?? {};
        this.#toStore = null;
        if (listed === undefined || followed === undefined) return;
        try {
          await this.#store(listed, followed);
        } catch (error) {
          this.#toStore ??= { listed, followed };
          throw error;
        }
      }, { log: this.#log, signal, clock: this.#clock });
    }
  }

  /** Stores the exchange's descriptions of known products, and reads which ones were followed before. */
  async #store(
    listed: readonly ExchangeProduct[],
    followed: readonly ProductId[],
  ): Promise<void> {
    const { catalogue, store } = this.#parts;
    await store.ready();
    const stored = await readFollowed(store);
    const held = stored.filter(({ id }) => !catalogue.has(id));
    catalogue.set(productList(listed, followed, [...catalogue.all(), ...held]));
    // Storing a product again would take its mark away.
    const known = listed.filter(({ productId }) => {
      const status = catalogue.get(productId)?.status;
      return status === "online" || status === "offline";
    });
    await store.products.upsert(known);
    await store.products.follow(followed);
    const gone = catalogue.all().filter(({ status }) => status === "delisted");
    await store.products.markDelisted(gone.map(({ id }) => id), this.#clock.wallMs());
  }
}
