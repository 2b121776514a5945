import { parseMessage } from "../lib/coinbase/messages.ts";

/** Times of the way from a JSON frame to validated trades, against `JSON.parse` of the same frames. */
export interface TradePathResult {
  readonly tradesPerFrame: number;
  /** Microseconds per frame, median of the rounds. */
  readonly jsonParseUs: number;
  readonly wholePathUs: number;
  /** `JSON.parse` alone over the whole path, `JSON.parse` included; 1 would be free validation. */
  readonly ratio: number;
}

/**
 * Measures both in turn, so that a busy machine slows both, and returns the median of the rounds' ratios.
 * Quote the ratio; the times are only there to see that the machine was sane.
 */
export function measureTradePath(tradesPerFrame = 20, rounds = 21): TradePathResult {
  const frames = Array.from({ length: 500 }, (_, index) => frameText(index, tradesPerFrame));
  const parse: number[] = [];
  const whole: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds + 3; round++) {
    const parseMs = timed(frames, JSON.parse);
    const wholeMs = timed(frames, parseMessage);
    if (round < 3) continue; // the compiler warms up
    parse.push(parseMs * 1000 / frames.length);
    whole.push(wholeMs * 1000 / frames.length);
    ratios.push(parseMs / wholeMs);
  }
  return {
    tradesPerFrame,
    jsonParseUs: median(parse),
    wholePathUs: median(whole),
    ratio: median(ratios),
  };
}

function timed(frames: readonly string[], read: (text: string) => unknown): number {
  const begin = performance.now();
  for (const frame of frames) {
    const result = read(frame);
    if (typeof result !== "object") throw new Error("a frame was not read");
  }
  return performance.now() - begin;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** A frame as the exchange writes it, of several products, with varying digits. */
function frameText(index: number, tradesPerFrame: number): string {
  const stamp = new Date(Date.UTC(2026, 3, 7, 14, 30) + index * 250).toISOString();
  const trades = Array.from({ length: tradesPerFrame }, (_, nth) => {
    const seed = (index * tradesPerFrame + nth) * 7919;
    return {
      trade_id: `${995_098_700 + index * tradesPerFrame + nth}`,
      product_id: PRODUCTS[seed % PRODUCTS.length],
      price: (100 + seed % 6_890_050 / 100).toFixed(2),
      size: (1 + seed % 100_000_000 / 1e6).toFixed(8),
      side: seed % 2 === 0 ? "BUY" : "SELL",
      time: `${stamp.slice(0, -1)}${`${seed % 1000}`.padStart(3, "0")}Z`,
    };
  });
  return JSON.stringify({
    channel: "market_trades",
    client_id: "",
    timestamp: `${stamp.slice(0, -1)}012Z`,
    sequence_num: index,
    events: [{ type: "update", trades }],
  });
}

const PRODUCTS = ["BTC-USD", "ETH-USD", "SOL-USD", "DOGE-USD", "1INCH-USD"];

if (import.meta.main) console.log(JSON.stringify(measureTradePath()));
