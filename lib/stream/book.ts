import { decodeCandle } from "../candles/wire.ts";
import type { CandleMessage, CurrentMessage } from "../candles/candle_message.ts";
import type { CandleEvent } from "./candle_event.ts";
import { candleEvent, dataOf, isClosedMessage } from "./candle_event.ts";
import { readCandleHeader } from "./candle_header.ts";
import { ClosedRing } from "./closed_ring.ts";
import type { Group } from "./group.ts";
import { Routing } from "./routing.ts";
import { idLine } from "./sse.ts";
import type { StreamCounts } from "./stream_counts.ts";

const DECODER = new TextDecoder();

/** The hub's memory: each key's current candle, the last closed ones, and their newest sequence. */
export class CandleBook {
  readonly routing = new Routing();
  readonly ring: ClosedRing;
  #version = 0;
  #sequence = 0;
  #id = idLine(0);

  constructor(ringSize: number, readonly counts: StreamCounts) {
    this.ring = new ClosedRing(ringSize);
  }

  /** The newest sequence: every closed candle up to it was taken, or is lost. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Goes up whenever a snapshot may have changed. */
  get version(): number {
    return this.#version;
  }

  /** Advances to a sequence; later frames have it as their id, unless they have their own. */
  advance(sequence: number): void {
    if (sequence === this.#sequence) return;
    this.#version++;
    this.#sequence = sequence;
    this.#id = idLine(sequence);
  }

  /** Takes a message in order. Returns its event, or null if it must not be sent. */
  accept(message: CandleMessage): CandleEvent | null {
    this.counts.events++;
    if (message.sequence !== null) this.advance(message.sequence);
    const route = this.routing.route(message.key);
    const header = readCandleHeader(message.bytes);
    if (route === null || header === null) return this.#refuse();
    const isClosed = isClosedMessage(message, header);
    if (isClosed ? !route.takesClosed(header) : !route.takesLive(header)) {
      this.counts.stale++;
      return null;
    }
    this.#version++;
    if (!isClosed && !route.hasListeners) {
      route.keep(header, message.bytes);
      return null;
    }
    const event = candleEvent(route, header, message, this.#id);
    route.remember(event);
    if (event.sequence !== null) this.ring.add(event);
    return event;
  }

  /** Takes a current candle that was read from the bucket instead of received. */
  refresh(message: CurrentMessage): void {
    const route = this.routing.route(message.key);
    const header = readCandleHeader(message.bytes);
    this.#version++;
    if (route === null || header === null) this.#refuse();
    else route.refresh(candleEvent(route, header, { ...message, sequence: null }, this.#id));
  }

  /**
   * Selects, from current candles that were read, the live ones that are newer than the known ones: a later start, or
   * more trades of the same start, since the bucket may be behind.
   */
  newerLive(current: Iterable<CurrentMessage>): CandleMessage[] {
    const newer: CandleMessage[] = [];
    for (const { key, bytes } of current) {
      const held = this.routing.route(key)?.current ?? null;
      const next = decodeCandle(DECODER.decode(bytes));
      if (next === null || next.isComplete) continue;
      const known = held === null ? null : decodeCandle(DECODER.decode(dataOf(held)));
      const isNewer = known === null || next.start > known.start ||
        (next.start === known.start && (next.trades ?? 0) > (known.trades ?? 0));
      if (isNewer) newer.push({ key, bytes, sequence: null });
    }
    return newer;
  }

  /** Whether a group wants the candles of a key. */
  wants(group: Group, key: CandleMessage["key"]): boolean {
    const route = this.routing.route(key);
    return route !== null && group.wants(route);
  }

  #refuse(): null {
    this.counts.malformed++;
    return null;
  }
}
