import { MAX_TRADES } from "../exchange/trade_source.ts";
import { type Assumption, Tally } from "./assumption.ts";
import { type Answer, type Evidence, quoteAnswer } from "./evidence.ts";
import { type KnownTrades, knownTrades, largest, listedTrades, smallest } from "./known_trades.ts";

/** The exchange's answers may lag its feed by this; the product waits as long before it takes one for proof. */
const LAG_MS = 2000;
/** How far a `date` header (whole seconds) may be from the feed's own time. */
const MAX_DATE_DIFFERENCE_MS = 5000;

/** What paging back through trades over REST rests on. */
export const LISTINGS: readonly Assumption[] = [
  {
    name: "listings - the product understands every row",
    check(evidence) {
      const tally = new Tally();
      for (const answer of evidence.answers) {
        if (answer.status !== 200 || !answer.path.includes("/ticker")) continue;
        if (!Array.isArray(answer.json?.trades)) {
          tally.expect(false, () => quoteAnswer(answer));
        }
        for (const { trade, json } of answer.rows) {
          tally.expect(
            trade !== null && trade.productId === answer.product,
            () => quoteAnswer(answer, json),
          );
        }
      }
      return tally.outcome("rows");
    },
  },
  {
    name: "listings - the newest trade comes first",
    check(evidence) {
      const tally = new Tally();
      for (const answer of evidence.listings()) {
        const trades = listedTrades(answer);
        trades.forEach((trade, i) => {
          const newer = trades[i - 1];
          if (newer === undefined) return;
          tally.expect(
            newer.tradeId > trade.tradeId,
            () => quoteAnswer(answer, [newer.tradeId, trade.tradeId]),
          );
        });
      }
      return tally.outcome("neighbours");
    },
  },
  {
    name: "listings - none is left out between the first row and the last",
    check(evidence) {
      const tally = new Tally();
      forListings(evidence, (answer, known) => {
        const ids = new Set(listedTrades(answer).map(({ tradeId }) => tradeId));
        const [from, to] = [smallest(ids), largest(ids)];
        for (const [id, { where }] of known.all) {
          if (id <= from || id >= to) continue;
          tally.expect(
            ids.has(id),
            () => `${id} is not on line ${answer.line}, but ${where()}`,
          );
        }
      });
      return tally.outcome("trades");
    },
  },
  {
    name: `listings - one holds ${MAX_TRADES} trades if there are as many`,
    check: checkLimit,
  },
  {
    name:
      "listings - a window of whole seconds holds all from its start to its end, and nothing else",
    check: checkWindow,
  },
  {
    name: "listings - of a window with more trades than the limit the newest come",
    check(evidence) {
      const tally = new Tally();
      forListings(evidence, (answer, known) => {
        if (answer.purpose !== "newest of window") return;
        const ids = new Set(listedTrades(answer).map(({ tradeId }) => tradeId));
        if (ids.size < Number(answer.query.get("limit"))) return;
        const oldest = smallest(ids);
        for (const [id, { trade, where }] of known.all) {
          if (id <= oldest || !isWithin(answer, trade.timeMs)) continue;
          tally.expect(ids.has(id), () => `${id} is newer: ${where()}; ${quoteAnswer(answer)}`);
        }
      });
      return tally.outcome("trades");
    },
  },
  {
    name:
      `listings - a trade of the feed is listed after ${LAG_MS} ms, with no-cache in the request`,
    check: checkLag,
  },
  {
    name: "listings - answers carry the exchange's date",
    check(evidence) {
      const tally = new Tally();
      for (const answer of evidence.listings()) {
        const dateMs = Date.parse(answer.headers.date ?? "");
        const frame = evidence.of("main").findLast(({ atMs }) => atMs <= answer.atMs);
        const feedMs = Date.parse(String(frame?.json?.timestamp));
        const differenceMs = frame === undefined || Number.isNaN(feedMs)
          ? 0
          : Math.abs(dateMs - feedMs);
        tally.expect(
          differenceMs <= MAX_DATE_DIFFERENCE_MS,
          () =>
            `date ${answer.headers.date}, on the feed ${frame?.json?.timestamp}; ${
              quoteAnswer(answer)
            }`,
        );
      }
      return tally.outcome("answers");
    },
  },
  {
    name: "listings - an unknown product is answered with 404",
    check(evidence) {
      const tally = new Tally();
      for (const answer of evidence.answers) {
        if (answer.purpose !== "unknown product") continue;
        tally.expect(answer.status === 404, () => quoteAnswer(answer));
      }
      return tally.outcome("answers");
    },
  },
];

function checkLimit(evidence: Evidence) {
  const tally = new Tally();
  let most = 0;
  forListings(evidence, (answer, known) => {
    if (answer.purpose !== "newest" || answer.query.get("limit") !== `${MAX_TRADES}`) return;
    most = Math.max(most, answer.rows.length);
    if (answer.rows.length === MAX_TRADES) return tally.see();
    // A shorter listing has all trades, unless an older one is known.
    const oldest = smallest(listedTrades(answer).map(({ tradeId }) => tradeId));
    const isCut = answer.rows.length > MAX_TRADES ||
      [...known.all.keys()].some((id) => id < oldest);
    if (isCut) tally.expect(false, () => `${answer.rows.length} rows; ${quoteAnswer(answer)}`);
  });
  return tally.outcome(() => `${tally.seen} answers, of ${most} rows at most`);
}

function checkWindow(evidence: Evidence) {
  const tally = new Tally();
  forListings(evidence, (answer, known) => {
    if (!answer.query.has("start")) return;
    const trades = listedTrades(answer);
    for (const { tradeId, timeMs } of trades) {
      tally.expect(
        isWithin(answer, timeMs, 1000),
        () => `${tradeId} is outside; ${quoteAnswer(answer)}`,
      );
    }
    const isCut = answer.rows.length >= Number(answer.query.get("limit"));
    const ids = new Set(trades.map(({ tradeId }) => tradeId));
    const oldest = isCut ? smallest(ids) : -Infinity;
    // A trade of the time while the answer was made may be in it or not.
    const settledMs = Date.parse(answer.headers.date ?? "") - LAG_MS;
    for (const [id, { trade, where }] of known.all) {
      if (id < oldest || !isWithin(answer, trade.timeMs)) continue;
      if (trade.timeMs > settledMs) continue;
      tally.expect(ids.has(id), () => `${id} is not on line ${answer.line}, but ${where()}`);
    }
  });
  return tally.outcome("trades");
}

/** Whether an instant is in the requested window. Whether its last second belongs to it is left open: `widerMs`. */
function isWithin({ query }: Answer, timeMs: number, widerMs = 0): boolean {
  const [start, end] = [query.get("start"), query.get("end")];
  return (start === null || timeMs >= Number(start) * 1000) &&
    (end === null || timeMs < Number(end) * 1000 + widerMs);
}

function checkLag(evidence: Evidence) {
  const tally = new Tally();
  let worstMs = 0;
  for (const answer of evidence.listings()) {
    if (answer.query.has("end")) continue;
    const listed = largest(listedTrades(answer).map(({ tradeId }) => tradeId));
    const ofFeed = evidence.trades(false).filter(({ trade, frame }) =>
      trade.productId === answer.product && frame.atMs <= answer.askedAtMs
    );
    if (ofFeed.length === 0) continue;
    const [missing] = ofFeed.filter(({ trade }) => trade.tradeId > listed);
    const lagMs = missing === undefined ? 0 : answer.askedAtMs - missing.frame.atMs;
    worstMs = Math.max(worstMs, lagMs);
    tally.expect(
      lagMs <= LAG_MS,
      () => `${missing?.trade.tradeId} came ${lagMs} ms before; ${quoteAnswer(answer)}`,
    );
  }
  return tally.outcome(() => `${tally.seen} answers, ${Math.round(worstMs)} ms behind at most`);
}

function forListings(
  evidence: Evidence,
  each: (answer: Answer, known: KnownTrades) => void,
): void {
  for (const known of knownTrades(evidence)) {
    for (const answer of known.listings) each(answer, known);
  }
}
