import type { ProductId } from "../candles/product.ts";
import type { Config } from "../config.ts";
import type { Absence } from "../exchange/absence.ts";
import type { ProductsState } from "../metrics/status.ts";

/** Most products that one line names. */
const MAX_NAMED = 5;

export interface ProductsFound {
  readonly choice: Config["products"];
  readonly shard: Config["shard"];
  /** Of all shards. */
  readonly followed: readonly ProductId[];
  /** Of this shard. */
  readonly own: readonly ProductId[];
  /** Of those listed in `PRODUCTS`. */
  readonly absent: readonly Absence[];
}

/** Whether all chosen products are followed, and which are not. */
export function productsState(
  { choice, shard, followed, own, absent }: ProductsFound,
): ProductsState {
  const of = (state: ProductsState["state"], detail: string | null): ProductsState => ({
    state,
    detail,
    unavailable: absent,
  });
  const details = namedText(absent);
  if (followed.length === 0) {
    return choice.kind === "list"
      ? of("down", `None of PRODUCTS can be followed: ${details}`)
      : of("down", "The exchange lists no product that is online and chosen here");
  }
  // An alias beside its own product lacks nothing.
  const lacking = absent.filter(({ instead }) => instead === null || !followed.includes(instead));
  const parts = [
    ...(details === "" ? [] : [`Of PRODUCTS, ${absent.length} not followed: ${details}`]),
    ...(own.length > 0
      ? []
      : [`No product falls to this shard, SHARD_INDEX ${shard.index} of ${shard.count}`]),
  ];
  return of(
    lacking.length > 0 ? "degraded" : "up",
    parts.length === 0 ? null : parts.join(". "),
  );
}

function namedText(absent: readonly Absence[]): string {
  const named = absent.slice(0, MAX_NAMED).map(({ detail }) => detail);
  const more = absent.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
