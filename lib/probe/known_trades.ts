import type { ProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import { type Answer, type Evidence, quoteAnswer, quoteFrame } from "./evidence.ts";

/** A trade and where it was seen first. */
export interface KnownTrade {
  readonly trade: Trade;
  readonly where: () => string;
}

export type ById = ReadonlyMap<number, KnownTrade>;

/** One product's trades by id, by where they came from. */
export interface KnownTrades {
  readonly productId: ProductId;
  /** Of the main connection, snapshots included. */
  readonly feed: ById;
  /** Of the main connection's updates alone. */
  readonly updates: ById;
  readonly listed: ById;
  readonly listings: readonly Answer[];
  /** From anywhere. */
  readonly all: ById;
}

const cache = new WeakMap<Evidence, readonly KnownTrades[]>();

/** All trades of a recording, product by product; gathered once. */
export function knownTrades(evidence: Evidence): readonly KnownTrades[] {
  const known = cache.get(evidence) ?? evidence.products.map((id) => gather(evidence, id));
  cache.set(evidence, known);
  return known;
}

function gather(evidence: Evidence, productId: ProductId): KnownTrades {
  const snapshots = new Map<number, KnownTrade>();
  const updates = new Map<number, KnownTrade>();
  for (const isSnapshot of [true, false]) {
    for (const { trade, frame } of evidence.trades(isSnapshot)) {
      if (trade.productId !== productId) continue;
      put(isSnapshot ? snapshots : updates, trade, () => quoteFrame(frame));
    }
  }
  const listings = evidence.listings().filter(({ product }) => product === productId);
  const listed = new Map<number, KnownTrade>();
  for (const answer of listings) {
    for (const { trade, json } of answer.rows) {
      if (trade?.productId === productId) put(listed, trade, () => quoteAnswer(answer, json));
    }
  }
  const feed = new Map([...updates, ...snapshots]);
  return { productId, feed, updates, listed, listings, all: new Map([...listed, ...feed]) };
}

function put(map: Map<number, KnownTrade>, trade: Trade, where: () => string): void {
  if (!map.has(trade.tradeId)) map.set(trade.tradeId, { trade, where });
}

/** A listing's readable trades in the order sent. */
export function listedTrades({ rows, product }: Answer): readonly Trade[] {
  return rows.flatMap(({ trade }) => trade !== null && trade.productId === product ? [trade] : []);
}

export function smallest(ids: Iterable<number>): number {
  let least = Infinity;
  for (const id of ids) least = Math.min(least, id);
  return least;
}

export function largest(ids: Iterable<number>): number {
  let most = -Infinity;
  for (const id of ids) most = Math.max(most, id);
  return most;
}
