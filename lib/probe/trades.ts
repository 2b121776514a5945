import { compare } from "../candles/decimal.ts";
import type { Trade } from "../candles/trade.ts";
import { type Assumption, Tally } from "./assumption.ts";
import type { Evidence } from "./evidence.ts";
import { type KnownTrades, knownTrades, largest, listedTrades, smallest } from "./known_trades.ts";

/**
 * Sweeps that are needed before the side shows anything, and the number of them that may be
 * chance.
 */
const MIN_SWEEPS = 3;
const MAX_CHANCE = 0.2;

/** What the merge of trades rests on. */
export const TRADES: readonly Assumption[] = [
  {
    name: "trades - ids are contiguous: a product's next trade has the next number",
    check(evidence) {
      const tally = new Tally();
      for (const { feed, all, listings } of knownTrades(evidence)) {
        for (const listing of listings) {
          const trades = listedTrades(listing);
          trades.forEach((trade, i) => {
            const older = trades[i + 1];
            if (older === undefined) return;
            const isSkipped = trade.tradeId > older.tradeId + 1 &&
              missing(all, older.tradeId, trade.tradeId);
            tally.expect(
              !isSkipped,
              () => `${older.tradeId} and ${trade.tradeId} are neighbours on line ${listing.line}`,
            );
          });
        }
        tally.see(feed.size);
      }
      return tally.outcome("trades", 2);
    },
  },
  {
    name: "trades - the feed leaves none out that REST lists",
    check(evidence) {
      const tally = new Tally();
      for (const { updates, feed, listed } of knownTrades(evidence)) {
        const from = smallest(updates.keys());
        const to = largest(updates.keys());
        for (const [id, { where }] of listed) {
          if (id >= from && id <= to) {
            tally.expect(feed.has(id), () => `${id} never came on the feed; ${where()}`);
          }
        }
      }
      return tally.outcome("trades of both");
    },
  },
  {
    name: "trades - the same id is the same trade on the feed and on REST",
    check(evidence) {
      const tally = new Tally();
      for (const { feed, listed } of knownTrades(evidence)) {
        for (const [id, { trade, where }] of feed) {
          const other = listed.get(id);
          if (other === undefined) continue;
          tally.expect(
            isSame(trade, other.trade),
            () => `trade ${id}: ${other.where()}; but ${where()}`,
          );
        }
      }
      return tally.outcome("trades of both");
    },
  },
  {
    name: "trades - a higher id is never earlier",
    check(evidence) {
      const tally = new Tally();
      for (const known of knownTrades(evidence)) {
        const trades = ascending(known);
        trades.forEach((trade, i) => {
          const before = trades[i - 1];
          if (before === undefined) return;
          tally.expect(
            trade.timeMs >= before.timeMs,
            () =>
              `trade ${trade.tradeId} is before ${before.tradeId}; ${
                known.all.get(trade.tradeId)?.where() ?? ""
              }`,
          );
        });
      }
      return tally.outcome("neighbours");
    },
  },
  {
    name: "trades - side is the maker's: a taker who buys climbs, and the trades are marked SELL",
    check: checkSide,
  },
];

/**
 * One taker's order that meets several makers leaves trades of one instant with consecutive ids, at prices that get
 * worse for him: rising if he buys. So each such sweep shows whose side is named.
 */
function checkSide(evidence: Evidence) {
  const tally = new Tally();
  let maker = 0;
  const takers: string[] = [];
  for (const known of knownTrades(evidence)) {
    const trades = ascending(known);
    for (let i = 1; i < trades.length; i++) {
      const [before, trade] = [trades[i - 1], trades[i]];
      if (before === undefined || trade === undefined) continue;
      if (trade.tradeId !== before.tradeId + 1 || trade.timeMs !== before.timeMs) continue;
      if (trade.side !== before.side) continue;
      const step = compare(trade.price, before.price);
      if (step === 0) continue;
      if ((step > 0) === (trade.side === "SELL")) maker++;
      else {
        takers.push(
          `${before.tradeId} and ${trade.tradeId} ${
            step > 0 ? "climb" : "fall"
          } and are marked ${trade.side}; ${known.all.get(trade.tradeId)?.where() ?? ""}`,
        );
      }
    }
  }
  const sweeps = maker + takers.length;
  tally.see(sweeps);
  if (sweeps >= MIN_SWEEPS && takers.length > MAX_CHANCE * sweeps) {
    for (const taker of takers) tally.against(taker);
  }
  return tally.outcome(() => `${maker} of ${sweeps} sweeps`, MIN_SWEEPS);
}

function ascending({ all }: KnownTrades): readonly Trade[] {
  return [...all.values()].map(({ trade }) => trade).sort((a, b) => a.tradeId - b.tradeId);
}

/** Whether an id between two others is known from nowhere. */
function missing(all: ReadonlyMap<number, unknown>, from: number, to: number): boolean {
  if (to - from > all.size + 1) return true;
  for (let id = from + 1; id < to; id++) if (!all.has(id)) return true;
  return false;
}

function isSame(a: Trade, b: Trade): boolean {
  return compare(a.price, b.price) === 0 && compare(a.size, b.size) === 0 && a.side === b.side &&
    a.timeMs === b.timeMs;
}
