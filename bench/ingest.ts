import { Aggregator } from "../lib/candles/aggregator.ts";
import { CandleWriter } from "../lib/candles/candle_writer.ts";
import { parseMessage } from "../lib/coinbase/messages.ts";
import type { Candle } from "../lib/candles/candle.ts";
import type { ProductAggregator } from "../lib/candles/product_aggregator.ts";
import { exchangeFrames, FRAME_PRODUCTS, tradesBefore } from "./exchange_frames.ts";
import { median } from "./quantile.ts";

/** Ratios for a trade's path on one core without I/O, and for candles to wire bytes. */
export interface IngestResult {
  readonly tradesPerFrame: number;
  /** `JSON.parse` alone over validated trades, `JSON.parse` included. */
  readonly validatedRatio: number;
  /** `JSON.parse` alone over trades merged into candles, larger granularities derived four times a second. */
  readonly mergedRatio: number;
  readonly mergedTradesPerSecond: number;
  readonly encodedCandlesPerSecond: number;
}

const ROUNDS = 15;
const WARM_UP = 3;
/** The simulated second holds four frames for each of twenty connections: live candles are taken once per four. */
const FRAMES_PER_FLUSH = 20;

/** Measures all ways in turn, so that a busy machine slows each of them, and answers medians. */
export function measureIngest(tradesPerFrame = 20): IngestResult {
  const validated: number[] = [];
  const merged: number[] = [];
  const perSecond: number[] = [];
  const encoded: number[] = [];
  const writer = new CandleWriter();
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const frames = exchangeFrames(500, tradesPerFrame);
    const parseMs = timed(() => {
      for (const frame of frames) JSON.parse(frame);
    });
    const validateMs = timed(() => {
      for (const frame of frames) parseMessage(frame);
    });
    const live: Candle[] = [];
    const mergeMs = timed(() => mergeAll(frames, live));
    const encodeMs = timed(() => {
      for (const candle of live) writer.write(candle);
    });
    if (round < WARM_UP) continue;
    validated.push(parseMs / validateMs);
    merged.push(parseMs / mergeMs);
    perSecond.push(frames.length * tradesPerFrame / mergeMs * 1000);
    encoded.push(live.length / encodeMs * 1000);
  }
  return {
    tradesPerFrame,
    validatedRatio: median(validated),
    mergedRatio: median(merged),
    mergedTradesPerSecond: Math.round(median(perSecond)),
    encodedCandlesPerSecond: Math.round(median(encoded)),
  };
}

function mergeAll(frames: readonly string[], live: Candle[]): void {
  const aggregator = new Aggregator(2000, () => {});
  aggregator.follow(FRAME_PRODUCTS);
  const touched = new Set<ProductAggregator>();
  // Without a trade before it, a product's first minute would not be whole and nothing of it published.
  aggregator.merge(tradesBefore(), true, touched);
  for (const [index, frame] of frames.entries()) {
    const message = parseMessage(frame);
    if (message.kind !== "trades") throw new Error("a frame was not read");
    aggregator.merge(message.trades, true, touched);
    if (index % FRAMES_PER_FLUSH !== FRAMES_PER_FLUSH - 1) continue;
    for (const product of touched) {
      product.takeClosed();
      live.push(...product.takeLive());
    }
    touched.clear();
  }
}

function timed(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

function table(result: IngestResult): string {
  const perSecond = (value: number) => `${(value / 1000).toFixed(0)} k/s`;
  return [
    `frame → validated trades     ${result.validatedRatio.toFixed(2)}× of JSON.parse alone`,
    `frame → merged candles       ${result.mergedRatio.toFixed(2)}× of JSON.parse alone, ${
      perSecond(result.mergedTradesPerSecond)
    } trades`,
    `candles → wire bytes         ${perSecond(result.encodedCandlesPerSecond)}`,
  ].join("\n");
}

if (import.meta.main) {
  const result = measureIngest();
  console.log(Deno.args.includes("--json") ? JSON.stringify(result) : table(result));
}
