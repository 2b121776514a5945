import type { Bus } from "../bus/bus.ts";
import { type Candle, type CandleKey, candleKey } from "../candles/candle.ts";
import type { ClosedMessage, CurrentMessage } from "../candles/candle_message.ts";
import { decodeCandle, encodeCandle } from "../candles/wire.ts";
import type { RecentClosed } from "../history/recent_closed.ts";
import { type CandleEvent, dataOf } from "../stream/candle_event.ts";
import type { CandleSource, ClosedBounds } from "../stream/candle_source.ts";
import type { Hub } from "../stream/hub.ts";

const TEXT = new TextDecoder();

/** What the hub reads from the bus, which may not be open yet. */
export class BusCandles implements CandleSource {
  constructor(private readonly bus: Promise<Bus>) {}

  async current(): Promise<CurrentMessage[]> {
    return (await (await this.bus).readCurrent()).map((candle) => ({
      key: candleKey(candle.productId, candle.granularity),
      bytes: new TextEncoder().encode(encodeCandle(candle)),
    }));
  }

  async *history(
    after: number,
    keys: readonly CandleKey[] | null,
    signal: AbortSignal,
  ): AsyncGenerator<ClosedMessage> {
    yield* (await this.bus).closedAfter(after, { ...(keys === null ? {} : { keys }), signal });
  }

  async bounds(): Promise<ClosedBounds> {
    return await (await this.bus).closedBounds();
  }
}

/**
 * The bus' closed candles of a key after a sequence, in order, up to the newest; null for bytes that are not a candle.
 */
export async function* closedOnBus(
  source: BusCandles,
  key: CandleKey,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<Candle | null> {
  for await (const { bytes } of source.history(after, [key], signal)) yield decodeBytes(bytes);
}

/** Decoded candles: a dashboard reads the current candles of all products, of which few are new. */
const current = new WeakMap<CandleEvent, Candle | null>();

/** A key's current candle; null if there is none yet. */
export function currentCandle(
  hub: Pick<Hub, "currentEvent">,
  key: CandleKey,
): Candle | null {
  const event = hub.currentEvent(key);
  if (event === null) return null;
  return current.getOrInsertComputed(event, () => decodeBytes(dataOf(event)));
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
