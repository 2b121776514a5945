import type { Bus } from "../bus/bus.ts";
import { type Candle, type CandleKey, candleKey } from "../candles/candle.ts";
import type { CurrentMessage } from "../candles/candle_message.ts";
import { decodeCandle, encodeCandle } from "../candles/wire.ts";
import type { RecentClosed } from "../history/recent_closed.ts";
import type { Hub } from "../stream/hub.ts";

const TEXT = new TextDecoder();

/** What the hub begins with: the bus' current candles as messages. */
export async function currentMessages(bus: Promise<Bus>): Promise<CurrentMessage[]> {
  return (await (await bus).readCurrent()).map((candle) => ({
    key: candleKey(candle.productId, candle.granularity),
    bytes: new TextEncoder().encode(encodeCandle(candle)),
  }));
}

/** What the hub resumes from: the bus' closed candles after a sequence, of some keys or all. */
export async function* closedMessages(
  bus: Promise<Bus>,
  after: number,
  keys: readonly CandleKey[] | null,
  signal: AbortSignal,
) {
  yield* (await bus).closedAfter(after, { ...(keys === null ? {} : { keys }), signal });
}

/** A key's current candle; null if there is none yet. */
export function currentCandle(hub: Hub, key: CandleKey): Candle | null {
  const bytes = hub.current(key);
  return bytes === null ? null : decodeBytes(bytes);
}

/** A key's closed candles that the hub still holds. */
export function recentCandles(hub: Hub, key: CandleKey): RecentClosed[] {
  return hub.recentClosed(key).map(({ bytes, ...state }) => ({
    ...state,
    read: () => decodeBytes(bytes()),
  }));
}

function decodeBytes(bytes: Uint8Array): Candle | null {
  return decodeCandle(TEXT.decode(bytes));
}
