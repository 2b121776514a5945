import type { CandleKey } from "../candles/candle.ts";
import { type CandleEvent, candleEvent } from "./candle_event.ts";
import type { CandleHeader } from "./candle_header.ts";
import { KeyRoute } from "./key_route.ts";
import { idLine } from "./sse.ts";

/** A route that no group wants. */
export function routeOf(key: CandleKey): KeyRoute {
  return new KeyRoute(key, { all: new Set(), closed: new Set() });
}

/** An event as the hub makes it, of a live candle unless it is marked as closed or has a sequence. */
export function eventOf(
  route: KeyRoute,
  { sequence = null, text = "{}", ...header }: Partial<CandleHeader> & {
    readonly sequence?: number | null;
    readonly text?: string;
  } = {},
): CandleEvent {
  const whole = { start: 0, isComplete: sequence !== null, exact: false, revision: 0, ...header };
  const message = { key: route.key, bytes: new TextEncoder().encode(text), sequence };
  return candleEvent(route, whole, message, idLine(sequence ?? 0));
}
