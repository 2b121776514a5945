import { type Candle } from "../lib/candles/candle.ts";
import { epochSeconds } from "../lib/candles/granularity.ts";
import { productId } from "../lib/candles/product.ts";
import { Hub } from "../lib/stream/hub.ts";
import type { HubOptions, StreamRequest } from "../lib/stream/hub_options.ts";
import type { Subscription } from "../lib/stream/subscription.ts";
import type { ClosedLog } from "./closed_log.ts";
import { sampleCandle } from "./sample_candles.ts";
import { SseReader } from "./sse_reader.ts";

export const BTC = productId("BTC-USD");
export const ETH = productId("ETH-USD");
/** One key. */
export const ONE: Subscription = {
  products: [BTC],
  granularities: ["ONE_MINUTE"],
  closedOnly: false,
};
/** Every product's minutes. */
export const ALL: Subscription = { ...ONE, products: "*" };
/** Three frames with this in them fill a client's queue. */
export const PADDING = "x".repeat(30_000);

/** For hubs whose streams no server writes. */
export const NO_WAIT = { takingMs: 0, flushMs: 0 } as const;

const FIRST_START = 1_704_585_600;

/** The nth minute's candle, closed and exact except for what is given. */
export function minute(n: number, other: Partial<Candle> = {}): Candle {
  return sampleCandle({ start: epochSeconds(FIRST_START + 60 * n), ...other });
}

/** Which minutes a reader got, in order. */
export function minutesOf(reader: SseReader): number[] {
  return reader.candles().map(({ timestamp }) => (timestamp - FIRST_START) / 60);
}

/** The ids of all frames a reader got; NaN for those without. */
export function idsOf(reader: SseReader): number[] {
  return reader.events.map(({ id }) => id === null ? NaN : Number(id));
}

/** A log of the first minutes. */
export function logOf(log: ClosedLog, count: number): ClosedLog {
  for (let n = 0; n < count; n++) log.append(minute(n));
  return log;
}

/** A started hub over a log, closed when its test is through. */
export async function withHub(
  log: ClosedLog,
  use: (hub: Hub) => Promise<void>,
  options: Partial<HubOptions> = {},
): Promise<void> {
  const limits = { maxStreams: 2000, maxStreamsPerAddress: 2000 };
  const hub = new Hub({ source: log, ...limits, ...NO_WAIT, ...options });
  try {
    await hub.start();
    await use(hub);
  } finally {
    const closed = hub.close();
    // A manual clock no longer moves.
    if (options.clock === undefined) await closed;
  }
}

/** Opens a stream of one key, except for what is given. Throws if it is refused. */
export function open(hub: Hub, wish: Partial<StreamRequest> = {}): SseReader {
  const answer = hub.connect({ subscription: ONE, lastEventId: null, address: "a", ...wish });
  if (answer.kind !== "stream") throw new Error(answer.reason);
  return new SseReader(answer.body);
}
