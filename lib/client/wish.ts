/** The candles that a follower wants. */
export interface Wish {
  readonly products: ReadonlySet<string> | "*";
  readonly granularities: ReadonlySet<string> | "*";
  readonly closedOnly: boolean;
}

/** Longer lists of products are requested as all of them: a query has room for some 16,000 characters. */
const MAX_PRODUCTS_LENGTH = 8000;

/** The union of several wishes: each product in each granularity. */
export function together(wishes: readonly Wish[]): Wish {
  return {
    products: union(wishes.map(({ products }) => products)),
    granularities: union(wishes.map(({ granularities }) => granularities)),
    closedOnly: wishes.every(({ closedOnly }) => closedOnly),
  };
}

/** Whether a stream of `wide` brings all that `narrow` wants. */
export function covers(wide: Wish, narrow: Wish): boolean {
  return includes(wide.products, narrow.products) &&
    includes(wide.granularities, narrow.granularities) &&
    (!wide.closedOnly || narrow.closedOnly);
}

/** Whether a candle is among what is wanted. */
export function wants(wish: Wish, product: string, granularity: string): boolean {
  return has(wish.products, product) && has(wish.granularities, granularity);
}

/** As a query. */
export function queryOf({ products, granularities, closedOnly }: Wish): string {
  const named = [...products].join();
  return `products=${named.length > MAX_PRODUCTS_LENGTH ? "*" : named}&granularities=${
    [...granularities].join()
  }${closedOnly ? "&closed=true" : ""}`;
}

type List = ReadonlySet<string> | "*";

function union(lists: readonly List[]): List {
  const all = new Set<string>();
  for (const list of lists) {
    if (list === "*") return "*";
    for (const value of list) all.add(value);
  }
  return all;
}

function includes(wide: List, narrow: List): boolean {
  return wide === "*" || (narrow !== "*" && [...narrow].every((value) => wide.has(value)));
}

function has(list: List, value: string): boolean {
  return list === "*" || list.has(value);
}
