import type { Trade } from "../candles/trade.ts";
import { DEFAULT_TIMINGS } from "../coinbase/feed_context.ts";
import { type Assumption, Tally } from "./assumption.ts";
import { type Evidence, type Frame, quoteFrame } from "./evidence.ts";
import { knownTrades, largest, smallest } from "./known_trades.ts";

/** What a subscription begins with, which closes part of a gap. */
export const SNAPSHOTS: readonly Assumption[] = [
  {
    name: `snapshots - each product's comes within ${DEFAULT_TIMINGS.snapshotMs / 1000} s`,
    check(evidence) {
      const tally = new Tally();
      const sent = evidence.entries.find((entry) =>
        entry.kind === "sent" && entry.connection === "main"
      );
      const lengths: number[] = [];
      for (const productId of evidence.products) {
        if (sent === undefined || evidence.of("main").length === 0) continue;
        const trades = evidence.trades(true).filter(({ trade }) => trade.productId === productId);
        const [first] = trades;
        lengths.push(trades.length);
        tally.expect(
          first !== undefined && first.frame.atMs - sent.atMs <= DEFAULT_TIMINGS.snapshotMs,
          () => first === undefined ? `none of ${productId}` : quoteFrame(first.frame),
        );
      }
      return tally.outcome(() => `${lengths.join(" ")} trades`);
    },
  },
  {
    name: "snapshots - they hold the newest trades, with none left out",
    check(evidence) {
      const tally = new Tally();
      for (const { frame, trades } of bySnapshot(evidence)) {
        const ids = new Set(trades.map(({ tradeId }) => tradeId));
        const [product] = trades;
        const known = knownTrades(evidence).find(({ productId }) =>
          productId === product?.productId
        );
        const [from, to] = [smallest(ids), largest(ids)];
        tally.see(trades.length);
        for (const id of known?.all.keys() ?? []) {
          if (id > from && id < to && !ids.has(id)) {
            tally.against(`${id} of ${product?.productId} is left out; ${quoteFrame(frame)}`);
          }
        }
      }
      return tally.outcome("trades", 2);
    },
  },
  {
    name: "snapshots - the updates run on from them without a hole",
    check(evidence) {
      const tally = new Tally();
      for (const { productId, updates, listed } of knownTrades(evidence)) {
        const snapshot = evidence.trades(true).filter(({ trade }) => trade.productId === productId);
        if (snapshot.length === 0 || updates.size === 0) continue;
        const newest = largest(snapshot.map(({ trade }) => trade.tradeId));
        const first = smallest(updates.keys());
        // An id that REST does not have either never existed.
        const lost = [...listed.keys()].filter((id) => id > newest && id < first);
        const unproven = first > newest + 1 && largest(listed.keys()) < first;
        tally.expect(
          lost.length === 0 && !unproven,
          () =>
            `${productId}: ${newest} is followed by ${first}; ${updates.get(first)?.where() ?? ""}`,
        );
      }
      return tally.outcome("products");
    },
  },
  {
    name: "snapshots - one of a second connection joins what the first has",
    check(evidence) {
      const tally = new Tally();
      for (const { frame, trades } of bySnapshot(evidence, "second")) {
        const [product] = trades;
        const before = evidence.of("main").filter(({ atMs }) => atMs <= frame.atMs)
          .flatMap(({ message }) => message.kind === "trades" ? message.trades : [])
          .filter(({ productId }) => productId === product?.productId);
        if (before.length === 0) continue;
        const newest = largest(before.map(({ tradeId }) => tradeId));
        const oldest = smallest(trades.map(({ tradeId }) => tradeId));
        tally.expect(
          oldest <= newest + 1,
          () => `${oldest} is its oldest, ${newest} was known; ${quoteFrame(frame)}`,
        );
      }
      return tally.outcome("snapshots");
    },
  },
];

interface ProductSnapshot {
  readonly frame: Frame;
  /** Of one product, as they came. */
  readonly trades: readonly Trade[];
}

function bySnapshot(evidence: Evidence, connection?: "second"): readonly ProductSnapshot[] {
  const frames = connection === undefined ? evidence.frames : evidence.of(connection);
  return frames.flatMap((frame) => {
    const { message } = frame;
    if (message.kind !== "trades" || !message.snapshot) return [];
    const byProduct = Map.groupBy(message.trades, ({ productId }) => productId);
    return [...byProduct.values()].map((trades) => ({ frame, trades }));
  });
}
