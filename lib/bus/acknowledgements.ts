import { JetStreamApiError } from "@nats-io/jetstream";
import { createInbox, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { type Clock, every, systemClock } from "../time/clock.ts";
import { describeBusError, NOT_THERE, TOO_LATE } from "./bus_error.ts";
import type { BusCondition } from "./bus_state.ts";

const LOOK_EVERY_MS = 500;
const NO_RESPONDERS = 503;
const KEPT = new TextEncoder().encode('{"stream":');

/**
 * JetStream's acknowledgements of many small messages. The client allocates timers, races and promises for each, which
 * at thousands a second is most of the garbage collector's work; here a message costs one map entry. Owned by the bus;
 * ends with its connection.
 */
export class Acknowledgements {
  readonly #inbox = createInbox();
  /** When each pending message times out, by its number: whole milliseconds of the monotonic clock. */
  readonly #lateAtMs = new Map<number, number>();
  #number = 0;
  #subscribed = false;
  #stopLooking: (() => void) | null = null;
  #idle: PromiseWithResolvers<void> | null = null;

  /**
   * `onSettled` is called for each message: with null once JetStream has it, or with what went wrong. It must not
   * throw.
   */
  constructor(
    private readonly connection: NatsConnection,
    private readonly condition: BusCondition,
    private readonly timeoutMs: number,
    private readonly onSettled: (trouble: string | null) => void,
    private readonly clock: Clock = systemClock,
  ) {}

  /** The number of pending messages. */
  get waiting(): number {
    return this.#lateAtMs.size;
  }

  /** Sends a message. Never throws. */
  publish(subject: string, bytes: Uint8Array): void {
    const number = ++this.#number;
    try {
      this.#subscribe();
      this.connection.publish(subject, bytes, { reply: `${this.#inbox}.${number}` });
    } catch (error) {
      // Closing or draining.
      return this.onSettled(describeBusError(error));
    }
    this.#lateAtMs.set(number, Math.ceil(this.clock.now() + this.timeoutMs));
    this.#stopLooking ??= every(this.clock, LOOK_EVERY_MS, () => this.#look());
  }

  /** Resolves when no message is pending. */
  idle(): Promise<void> {
    if (this.#lateAtMs.size === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  #subscribe(): void {
    if (this.#subscribed) return;
    this.#subscribed = true;
    const digitsFrom = this.#inbox.length + 1;
    this.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) {
          this.#settle(Number(message.subject.slice(digitsFrom)), troubleOf(message));
        }
      },
    });
    // An acknowledgement dies with its connection.
    this.condition.onState(() => {
      if (!this.condition.connected) this.#giveUp(Infinity, "disconnected");
    });
  }

  #settle(number: number, trouble: string | null): void {
    if (!this.#lateAtMs.delete(number)) return;
    this.onSettled(trouble);
    if (this.#lateAtMs.size > 0) return;
    this.#stopLooking?.();
    this.#stopLooking = null;
    this.#idle?.resolve();
    this.#idle = null;
  }

  #look(): void {
    this.#giveUp(this.clock.now(), TOO_LATE);
  }

  /** All have the same timeout, so it stops at the first one that is not late. */
  #giveUp(nowMs: number, trouble: string): void {
    for (const [number, lateAtMs] of this.#lateAtMs) {
      if (lateAtMs > nowMs) return;
      this.#settle(number, trouble);
    }
  }
}

/** Null if the answer confirms that JetStream kept the message. */
function troubleOf(message: Msg): string | null {
  const { data, headers } = message;
  if (KEPT.every((byte, at) => data[at] === byte)) return null;
  if (data.length === 0 && headers?.code === NO_RESPONDERS) return NOT_THERE;
  try {
    const { error } = message.json<
      { error?: ConstructorParameters<typeof JetStreamApiError>[0] }
    >();
    return error === undefined ? null : describeBusError(new JetStreamApiError(error));
  } catch (error) {
    return describeBusError(error);
  }
}
