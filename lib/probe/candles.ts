import { add, compare, formatDecimal, ZERO } from "../candles/decimal.ts";
import { GRANULARITIES, GRANULARITY_SECONDS, partOf } from "../candles/granularity.ts";
import type { Trade } from "../candles/trade.ts";
import { readCandle } from "../coinbase/candle_reader.ts";
import { agrees, type ExchangeValues } from "../exchange/exchange_candle.ts";
import { type Assumption, Tally } from "./assumption.ts";
import { type Evidence, quoteAnswer } from "./evidence.ts";
import { listedTrades } from "./known_trades.ts";
import { type CandleList, candleLists, isSettled, rowOf } from "./listed_candles.ts";

/** Most candles that the product requests in one call. */
const MAX_CANDLES = 300;

/** What placeholders and the comparison with the exchange's candles rest on. */
export const CANDLES: readonly Assumption[] = [
  {
    name: "candles - the product understands every row",
    check(evidence) {
      const tally = new Tally();
      for (const list of candleLists(evidence)) {
        for (const row of list.rows) {
          tally.expect(
            readCandle(row, list.product, list.granularity) !== null,
            () => quoteAnswer(list.answer, row),
          );
        }
      }
      return tally.outcome("rows");
    },
  },
  {
    name: "candles - all granularities of the product are served",
    check(evidence) {
      const tally = new Tally();
      const served = new Set<string>();
      for (const answer of evidence.answers) {
        if (answer.purpose !== "candles") continue;
        const granularity = answer.query.get("granularity") ?? "";
        if (answer.status === 200) served.add(granularity);
        // A refusal because of too many requests shows nothing about the granularity.
        else if (answer.status < 500 && ![401, 403, 429].includes(answer.status)) {
          tally.against(quoteAnswer(answer));
        }
      }
      tally.see(served.size);
      return tally.outcome("granularities", GRANULARITIES.length);
    },
  },
  {
    name: "candles - start and end are both included, and nothing else comes",
    check(evidence) {
      const tally = new Tally();
      for (const list of candleLists(evidence)) {
        const { answer, candles, start, end } = list;
        for (const candle of candles) {
          tally.expect(
            candle.start >= start && candle.start <= end,
            () => quoteAnswer(answer, rowOf(list, candle.start)),
          );
        }
        if (answer.purpose !== "candles ends") continue;
        // The probe requested the stretch between two candles that it had received.
        const isWhole = candles[0]?.start === start && candles.at(-1)?.start === end;
        tally.expect(isWhole, () => quoteAnswer(answer));
      }
      const hasEnds = candleLists(evidence).some(({ answer }) => answer.purpose === "candles ends");
      return tally.outcome("candles", hasEnds ? 1 : Infinity);
    },
  },
  {
    name: `candles - one answer holds ${MAX_CANDLES}`,
    check(evidence) {
      const tally = new Tally();
      let most = 0;
      const lists = candleLists(evidence).filter(({ answer }) => answer.purpose === "candles");
      for (const minutes of lists) {
        if (minutes.granularity !== "ONE_MINUTE") continue;
        most = Math.max(most, minutes.rows.length);
        if (minutes.rows.length >= MAX_CANDLES) tally.see();
        const hidden = hiddenBy(minutes, lists);
        if (hidden !== null) {
          tally.expect(false, () => `none within ${hidden}; ${quoteAnswer(minutes.answer)}`);
        }
      }
      return tally.outcome(() => `${tally.seen} answers, of ${most} rows at most`);
    },
  },
  {
    name: "candles - a minute is the merge of its trades, digit for digit",
    check(evidence) {
      const tally = new Tally();
      for (const answer of evidence.served("minute")) {
        const start = Number(answer.query.get("start"));
        if (answer.rows.length >= Number(answer.query.get("limit"))) continue;
        const list = candleLists(evidence).find((one) =>
          one.product === answer.product && one.granularity === "ONE_MINUTE" &&
          isSettled(one, start)
        );
        const candle = list?.candles.find((one) => one.start === start);
        const trades = listedTrades(answer).filter(({ timeMs }) => timeMs < (start + 60) * 1000);
        if (list === undefined || candle === undefined || trades.length === 0) continue;
        const merged = merge(trades);
        tally.expect(
          agrees(merged, candle),
          () =>
            `${text(merged)} from ${trades.length} trades on line ${answer.line}; ${
              quoteAnswer(list.answer, rowOf(list, start))
            }`,
        );
      }
      return tally.outcome("minutes");
    },
  },
  {
    name: "candles - a larger one is the merge of its parts, digit for digit",
    check: checkLarger,
  },
  {
    name: "candles - there is none for a minute without trades",
    check(evidence) {
      const tally = new Tally();
      for (const list of candleLists(evidence)) {
        for (const candle of list.candles) {
          if (candle.volume.units !== 0) continue;
          tally.against(quoteAnswer(list.answer, rowOf(list, candle.start)));
        }
        if (list.granularity !== "ONE_MINUTE") continue;
        list.candles.forEach(({ start }, i) => {
          const before = list.candles[i - 1];
          if (before !== undefined && start > before.start + 60) tally.see();
        });
      }
      return tally.outcome("pauses");
    },
  },
];

function checkLarger(evidence: Evidence) {
  const tally = new Tally();
  const lists = candleLists(evidence).filter(({ answer }) => answer.purpose === "candles");
  for (const larger of lists) {
    const part = partOf(larger.granularity);
    const smaller = lists.find(({ product, granularity }) =>
      product === larger.product && granularity === part
    );
    if (part === null || smaller === undefined) continue;
    const seconds = GRANULARITY_SECONDS[larger.granularity];
    for (const candle of larger.candles) {
      const end = candle.start + seconds;
      const isCovered = smaller.start <= candle.start &&
        end <= smaller.end + GRANULARITY_SECONDS[part];
      // Both buckets must have been over when they were requested.
      if (!isCovered || !isSettled(larger, candle.start) || end > smaller.settledUntil) continue;
      const parts = smaller.candles.filter(({ start }) => start >= candle.start && start < end);
      const merged = join(parts);
      tally.expect(
        merged !== null && agrees(merged, candle),
        () =>
          `${
            merged === null ? "no parts" : text(merged)
          } from ${part} on line ${smaller.answer.line}; ${
            quoteAnswer(larger.answer, rowOf(larger, candle.start))
          }`,
      );
    }
  }
  return tally.outcome("candles");
}

/** The start of a larger candle whose minutes are missing, although it was traded; null if none is. */
function hiddenBy(minutes: CandleList, lists: readonly CandleList[]): string | null {
  for (const { product, granularity, candles } of lists) {
    if (product !== minutes.product || granularity !== "FIVE_MINUTE") continue;
    const hidden = candles.find(({ start }) =>
      start >= minutes.start && start + 240 <= minutes.end &&
      !minutes.candles.some((minute) => minute.start >= start && minute.start < start + 300)
    );
    if (hidden !== undefined) return `${granularity} ${hidden.start}`;
  }
  return null;
}

function merge(trades: readonly Trade[]): ExchangeValues {
  const ascending = [...trades].sort((a, b) => a.tradeId - b.tradeId);
  const singles = ascending.map(({ price, size }): ExchangeValues => ({
    open: price,
    high: price,
    low: price,
    close: price,
    volume: size,
  }));
  return join(singles) ?? { open: ZERO, high: ZERO, low: ZERO, close: ZERO, volume: ZERO };
}

/** The merge of consecutive stretches; null without any. */
function join(parts: readonly ExchangeValues[]): ExchangeValues | null {
  const [first, ...others] = parts;
  if (first === undefined) return null;
  return others.reduce<ExchangeValues>((whole, part) => ({
    open: whole.open,
    high: compare(part.high, whole.high) > 0 ? part.high : whole.high,
    low: compare(part.low, whole.low) < 0 ? part.low : whole.low,
    close: part.close,
    volume: add(whole.volume, part.volume),
  }), first);
}

function text({ open, high, low, close, volume }: ExchangeValues): string {
  const [o, h, l, c, v] = [open, high, low, close, volume].map(formatDecimal);
  return `open ${o} high ${h} low ${l} close ${c} volume ${v}`;
}
