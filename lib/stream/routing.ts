import type { CandleKey } from "../candles/candle.ts";
import { candleKey } from "../candles/candle.ts";
import type { Granularity } from "../candles/granularity.ts";
import { GRANULARITIES, isGranularity } from "../candles/granularity.ts";
import { parseProductId, type ProductId } from "../candles/product.ts";
import { Group } from "./group.ts";
import { KeyRoute, type Receivers } from "./key_route.ts";
import { nameSubscription, type Subscription } from "./subscription.ts";

/** The index of groups by key: each key's route holds its groups. */
export class Routing {
  readonly #routes = new Map<CandleKey, KeyRoute>();
  readonly #groups = new Map<string, Group>();
  readonly #followers = new Map<Granularity, Receivers>(
    GRANULARITIES.map((granularity) => [granularity, { all: new Set(), closed: new Set() }]),
  );
  #named = 0;
  /** How many groups name each product that any does. */
  readonly #namedProducts = new Map<ProductId, number>();

  /** Distinct subscriptions. */
  get groupCount(): number {
    return this.#groups.size;
  }

  /** Keys named by all groups together: the size of the index. */
  get namedCount(): number {
    return this.#named;
  }

  /** Whether any group names the product. Called for every product every second, so the counts are kept. */
  isNamed(productId: ProductId): boolean {
    return this.#namedProducts.has(productId);
  }

  /** The products of which any group names a key. */
  namedProducts(): readonly ProductId[] {
    return [...this.#namedProducts.keys()];
  }

  /** The route of a key, if it is known. */
  find(key: CandleKey): KeyRoute | null {
    return this.#routes.get(key) ?? null;
  }

  /** The route of a key from the bus, created if necessary; null if the text is not a key. */
  route(key: CandleKey): KeyRoute | null {
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const point = key.lastIndexOf(".");
    const granularity = key.slice(point + 1);
    if (!isGranularity(granularity) || parseProductId(key.slice(0, point)) === null) return null;
    return this.#add(key, granularity);
  }

  /** The group of a subscription, with one more client; `release` removes it. */
  acquire(wish: Subscription): Group {
    const { subscription, name } = nameSubscription(wish);
    const group = this.#groups.get(name) ?? this.#open(name, subscription);
    group.clientCount++;
    return group;
  }

  release(group: Group): void {
    if (--group.clientCount > 0) return;
    this.#groups.delete(group.name);
    this.#named -= group.routes?.length ?? 0;
    this.#countNames(group, -1);
    for (const receivers of this.#indexes(group)) group.setOf(receivers).delete(group);
  }

  /** The keys a group wants, in the order of its snapshot. */
  *keysOf(group: Group): Iterable<KeyRoute> {
    for (const route of group.routes ?? this.#routes.values()) if (group.wants(route)) yield route;
  }

  /** How many keys a group wants now. */
  keyCountOf(group: Group): number {
    return group.routes?.length ?? this.#routes.size;
  }

  #open(name: string, subscription: Subscription): Group {
    const { products, granularities } = subscription;
    const routes = products === "*"
      ? null
      : products.flatMap((product) =>
        granularities.map((granularity) => {
          const key = candleKey(product, granularity);
          return this.#routes.get(key) ?? this.#add(key, granularity);
        })
      );
    const group = new Group(name, subscription, routes);
    this.#groups.set(name, group);
    this.#named += routes?.length ?? 0;
    this.#countNames(group, 1);
    for (const receivers of this.#indexes(group)) group.setOf(receivers).add(group);
    return group;
  }

  #countNames({ subscription: { products } }: Group, change: 1 | -1): void {
    if (products === "*") return;
    for (const productId of products) {
      const count = (this.#namedProducts.get(productId) ?? 0) + change;
      if (count === 0) this.#namedProducts.delete(productId);
      else this.#namedProducts.set(productId, count);
    }
  }

  *#indexes(group: Group): Iterable<Receivers> {
    if (group.routes !== null) {
      for (const route of group.routes) yield route.named;
      return;
    }
    for (const granularity of group.subscription.granularities) {
      yield this.#followersOf(granularity);
    }
  }

  #followersOf(granularity: Granularity): Receivers {
    const known = this.#followers.get(granularity);
    if (known === undefined) throw new RangeError(`not a granularity: ${granularity}`);
    return known;
  }

  #add(key: CandleKey, granularity: Granularity): KeyRoute {
    const route = new KeyRoute(key, this.#followersOf(granularity));
    this.#routes.set(key, route);
    return route;
  }
}
