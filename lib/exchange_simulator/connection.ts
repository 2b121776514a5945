import { anyGarbage } from "./garbage.ts";
import type { FaultSettings } from "./fault_settings.ts";
import type { Random } from "./random.ts";
import type { SimulatorStats } from "./simulator_stats.ts";
import { isoTime } from "./wire_time.ts";

const MAX_BUFFERED = 64 * 1024 * 1024;

/** What the connections of one simulator share. */
export interface Wire {
  readonly settings: FaultSettings;
  readonly random: Random;
  readonly stats: SimulatorStats;
  /** Exchange milliseconds per real one: durations of faults are real. */
  readonly speed: number;
  readonly onFrame: (text: string) => void;
}

interface Held {
  readonly dueMicros: number;
  readonly frame: string;
}

/**
 * One client's WebSocket: its subscriptions, its sequence, and everything that can go wrong with
 * a frame in flight. The feed owns it; `close` may be called twice.
 */
export class ClientConnection {
  /** The subscriptions of each channel, as the client spelled them. */
  readonly subscriptions = new Map<string, Set<string>>();
  /** Trades (as JSON) that wait for the next flush. */
  pending: string[] = [];
  heartbeats: number;
  /** Frames still to be dropped by command. */
  framesToDrop = 0;
  dropOnly: string | null = null;
  silentUntilMicros = 0;
  stalledUntilMicros = 0;
  sentMicros: number;
  /** It is being closed: nothing more is sent, though the client may not know yet. */
  ended = false;

  #sequence = 0;
  #backlog: string[] = [];
  #late: Held[] = [];
  #overtaken: string | null = null;

  constructor(
    readonly id: number,
    readonly openedMicros: number,
    readonly socket: WebSocket,
    readonly wire: Wire,
    readonly breakOff: (() => void) | null,
  ) {
    this.heartbeats = 3000 + id;
    this.sentMicros = openedMicros;
  }

  /** Sends one message of a channel; `events` is the JSON of the array. */
  send(channel: string, events: string, nowMicros: number): void {
    const sequence = this.#sequence++;
    if (nowMicros < this.silentUntilMicros) return this.wire.stats.fault("silence");
    const frame = `{"channel":"${channel}","client_id":"","timestamp":"${isoTime(nowMicros)}"` +
      `,"sequence_num":${sequence},"events":${events}}`;
    if (this.framesToDrop > 0 && (this.dropOnly === null || this.dropOnly === channel)) {
      this.framesToDrop--;
      return this.wire.stats.fault("dropFrame");
    }
    this.#travel(frame, nowMicros);
  }

  sendTrades(type: "snapshot" | "update", trades: readonly string[], nowMicros: number): void {
    this.send("market_trades", `[{"type":"${type}","trades":[${trades.join(",")}]}]`, nowMicros);
  }

  /** Sends text unchanged: errors and garbage, which have no sequence number. */
  sendRaw(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.ended || this.socket.readyState !== WebSocket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_BUFFERED) return this.close(1008, "slow consumer");
    if (typeof data === "string") this.wire.onFrame(data);
    this.socket.send(data);
    this.wire.stats.framesSent++;
    this.wire.stats.charactersSent += data.length;
  }

  /** Sends frames whose delay or stall is over. */
  release(nowMicros: number): void {
    if (nowMicros < this.stalledUntilMicros) return;
    this.#sendBacklog();
    if (this.#late.length === 0) return;
    const due = this.#late.filter((held) => held.dueMicros <= nowMicros);
    this.#late = this.#late.filter((held) => held.dueMicros > nowMicros);
    for (const held of due) this.sendRaw(held.frame);
  }

  close(code = 1001, reason = "going away"): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.ended = true;
    this.socket.close(code, reason);
  }

  /**
   * Breaks the connection without a close frame if there is a relay, otherwise closes it as a
   * failing server would.
   */
  cut(): void {
    if (this.ended) return;
    this.wire.stats.fault("cutConnection");
    if (!this.breakOff) return this.close(1011, "internal error");
    this.ended = true;
    this.breakOff();
  }

  #travel(frame: string, nowMicros: number): void {
    const { random, settings: { rates }, stats, speed } = this.wire;
    if (random.chance(rates.dropFrame)) return stats.fault("dropFrame");
    if (random.chance(rates.garbageFrame)) {
      stats.fault("garbageFrame");
      this.#put(anyGarbage(random), nowMicros);
    }
    if (random.chance(rates.delayFrame)) {
      stats.fault("delayFrame");
      this.#late.push({ dueMicros: nowMicros + rates.delayMs * 1000 * speed, frame });
      return;
    }
    if (this.#overtaken === null && random.chance(rates.reorderFrame)) {
      stats.fault("reorderFrame");
      this.#overtaken = frame;
      return;
    }
    if (random.chance(rates.truncateFrame)) {
      stats.fault("truncateFrame");
      this.#put(frame.slice(0, random.whole(1, frame.length - 1)), nowMicros);
    } else {
      this.#put(frame, nowMicros);
      if (random.chance(rates.duplicateFrame)) {
        stats.fault("duplicateFrame");
        this.#put(frame, nowMicros);
      }
    }
    if (this.#overtaken !== null) {
      this.#put(this.#overtaken, nowMicros);
      this.#overtaken = null;
    }
  }

  #put(data: string | Uint8Array<ArrayBuffer>, nowMicros: number): void {
    this.sentMicros = nowMicros;
    if (nowMicros < this.stalledUntilMicros && typeof data === "string") {
      this.wire.stats.fault("stall");
      this.#backlog.push(data);
    } else {
      this.#sendBacklog();
      this.sendRaw(data);
    }
  }

  #sendBacklog(): void {
    if (this.#backlog.length === 0) return;
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const frame of backlog) this.sendRaw(frame);
  }
}
