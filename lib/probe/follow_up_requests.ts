import { type EpochSeconds, GRANULARITIES, type Granularity } from "../candles/granularity.ts";
import { GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { MAX_TRADES } from "../exchange/trade_source.ts";
import { pause } from "../time/pause.ts";
import type { RecordingRest } from "./recording_rest.ts";
import { Evidence } from "./evidence.ts";
import { isRefused } from "./limits.ts";
import { listedTrades } from "./known_trades.ts";
import { candleLists, isSettled } from "./listed_candles.ts";
import type { Recorder } from "./recording.ts";

const MINUTES = 300;
const DAYS = 10;
/** The requests of a burst, of one trade each: one and a half times what is allowed in a second. */
const BURST = 16;
const MAX_REST_MS = 15_000;

/**
 * Sends the requests that depend on what was recorded: for the past of the products watched, for a
 * product that does not exist and, once and at the end, too many requests at the same time.
 */
export async function sendFollowUpRequests(
  rest: RecordingRest,
  recorder: Recorder,
  products: readonly ProductId[],
  noProduct: string,
  signal: AbortSignal,
): Promise<void> {
  const [busiest] = products;
  if (busiest === undefined) return;
  for (const id of products) {
    await rest.request("newest", ticker(id), { limit: MAX_TRADES });
    await requestCandles(rest, recorder, id, "ONE_MINUTE", MINUTES);
  }
  const evidence = () => read(recorder, products);
  await requestOlder(rest, evidence(), products);
  for (const id of products.slice(0, 2)) await requestWindow(rest, evidence(), id);
  for (const granularity of GRANULARITIES.slice(1)) {
    const seconds = GRANULARITY_SECONDS[granularity];
    const reach = seconds < GRANULARITY_SECONDS.ONE_HOUR ? MINUTES * 60 : DAYS * 86_400;
    await requestCandles(rest, recorder, busiest, granularity, Math.ceil(reach / seconds));
  }
  await requestMinutes(rest, evidence(), products);
  await rest.request("unknown product", ticker(noProduct), { limit: 1 });
  await requestTooFast(rest, busiest, signal);
}

function read({ entries, full }: Recorder, products: readonly ProductId[]): Evidence {
  return new Evidence({ startedAt: "", wsUrl: "", restUrl: "", products, entries, full });
}

/** A few trades beyond the oldest of each full listing: whether it was all there is. */
async function requestOlder(
  rest: RecordingRest,
  evidence: Evidence,
  products: readonly ProductId[],
): Promise<void> {
  for (const answer of evidence.served("newest")) {
    const oldest = listedTrades(answer).at(-1);
    if (oldest === undefined || answer.product !== products[0]) continue;
    const end = Math.floor(oldest.timeMs / 1000);
    await rest.request("older", ticker(answer.product), { limit: 10, end });
  }
}

/** A stretch of the newest listing by its times, and then half of it by its limit. */
async function requestWindow(
  rest: RecordingRest,
  evidence: Evidence,
  id: ProductId,
): Promise<void> {
  const newest = evidence.served("newest").find(({ product }) => product === id);
  if (newest === undefined) return;
  const trades = listedTrades(newest);
  const from = trades[Math.floor(trades.length * 0.5)];
  const to = trades[Math.floor(trades.length * 0.1)];
  if (from === undefined || to === undefined) return;
  const start = Math.floor(from.timeMs / 1000);
  const end = Math.ceil(to.timeMs / 1000);
  const limit = Math.max(1, Math.floor(trades.length * 0.2));
  await rest.request("window", ticker(id), { limit: MAX_TRADES, start, end });
  await rest.request("newest of window", ticker(id), { limit, start, end });
}

/** The newest `count` candles that are over. */
async function requestCandles(
  rest: RecordingRest,
  recorder: Recorder,
  id: ProductId,
  granularity: Granularity,
  count: number,
): Promise<void> {
  const seconds = GRANULARITY_SECONDS[granularity];
  const end = Math.floor(exchangeSeconds(recorder) / seconds) * seconds - seconds;
  const start = end - (count - 1) * seconds;
  const query = { start, end, granularity, limit: MINUTES };
  await rest.request("candles", `/market/products/${id}/candles`, query);
}

/** The exchange's time, by its last answer. */
function exchangeSeconds({ entries }: Recorder): number {
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i];
    if (entry?.kind !== "answer") continue;
    const dateMs = Date.parse(entry.headers.date ?? "");
    if (!Number.isNaN(dateMs)) return Math.floor(dateMs / 1000);
  }
  return Math.floor(Date.now() / 1000);
}

/** The trades of the newest settled minute of each product, of two of the busiest; and candles between two of them. */
async function requestMinutes(
  rest: RecordingRest,
  evidence: Evidence,
  products: readonly ProductId[],
): Promise<void> {
  const lists = candleLists(evidence).filter(({ granularity }) => granularity === "ONE_MINUTE");
  for (const [rank, id] of products.entries()) {
    const list = lists.find(({ product }) => product === id);
    if (list === undefined) continue;
    const settled = list.candles.filter(({ start }) => isSettled(list, start));
    for (const { start } of settled.slice(rank === 0 ? -2 : -1)) {
      await rest.request("minute", ticker(id), { limit: MAX_TRADES, start, end: start + 60 });
    }
    const [first, last] = [settled.at(-4), settled.at(-2)];
    if (rank > 0 || first === undefined || last === undefined) continue;
    await requestBetween(rest, id, first.start, last.start);
  }
}

async function requestBetween(
  rest: RecordingRest,
  id: ProductId,
  start: EpochSeconds,
  end: EpochSeconds,
): Promise<void> {
  const query = { start, end, granularity: "ONE_MINUTE", limit: MINUTES };
  await rest.request("candles ends", `/market/products/${id}/candles`, query);
}

/** One burst; then the pause that it sets, and one more request. */
async function requestTooFast(
  rest: RecordingRest,
  id: ProductId,
  signal: AbortSignal,
): Promise<void> {
  const requests = Array.from(
    { length: BURST },
    () => rest.requestImmediately("burst", ticker(id), { limit: 1 }),
  );
  const answers = (await Promise.all(requests)).flatMap((answer) => answer ?? []);
  const refused = answers.find(isRefused);
  if (refused === undefined) return;
  const seconds = Number(refused.headers["retry-after"] ?? 1);
  const restMs = Number.isFinite(seconds) ? seconds * 1000 : 1000;
  // Other programs at this address may send requests, too.
  await pause(Math.min(restMs + 250, MAX_REST_MS), signal);
  await rest.request("after burst", ticker(id), { limit: 1 });
}

function ticker(id: string): string {
  return `/market/products/${id}/ticker`;
}
