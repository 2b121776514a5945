import type { CandleMessage } from "../candles/candle_message.ts";
import type { CandleHeader } from "./candle_header.ts";
import type { KeyRoute } from "./key_route.ts";
import { candleData, candleFrame, concat, idLine } from "./sse.ts";

/** One update, encoded once as an SSE frame and shared by all its clients. */
export interface CandleEvent extends CandleHeader {
  readonly route: KeyRoute;
  readonly sequence: number | null;
  /** Never coalesced or dropped, unlike a live state. */
  readonly isClosed: boolean;
  /** The frame with the id as of its arrival: right only where it is sent in the hub's order. */
  readonly frame: Uint8Array<ArrayBuffer>;
  /** The offset of the frame after its id line. */
  readonly bodyOffset: number;
}

/** Builds the event of a message. `id` is the id line it carries in the hub's own order. */
export function candleEvent(
  route: KeyRoute,
  header: CandleHeader,
  message: CandleMessage,
  id: Uint8Array<ArrayBuffer>,
): CandleEvent {
  return {
    start: header.start,
    isComplete: header.isComplete,
    exact: header.exact,
    revision: header.revision,
    route,
    sequence: message.sequence,
    isClosed: isClosedMessage(message, header),
    frame: candleFrame(id, message.bytes),
    bodyOffset: id.length,
  };
}

/** Whether a message is never coalesced or dropped, unlike a live state. */
export function isClosedMessage(message: CandleMessage, header: CandleHeader): boolean {
  return header.isComplete || message.sequence !== null;
}

/** The frame without an id. */
export function bodyOf(event: CandleEvent): Uint8Array<ArrayBuffer> {
  return event.frame.subarray(event.bodyOffset);
}

/** The candle's bytes as received. */
export function dataOf(event: CandleEvent): Uint8Array {
  return candleData(bodyOf(event));
}

/** The frame with another id than the one of its arrival. */
export function frameWithId(event: CandleEvent, sequence: number): Uint8Array<ArrayBuffer> {
  return concat([idLine(sequence), bodyOf(event)]);
}
