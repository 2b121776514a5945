import { JetStreamApiError } from "@nats-io/jetstream";
import { createInbox, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { describeBusError, NOT_THERE, TOO_LATE } from "./bus_error.ts";
import type { BusCondition } from "./bus_state.ts";

interface Waiting {
  readonly settle: (trouble: string | null) => void;
  /** Milliseconds of the monotonic clock. */
  readonly lateAtMs: number;
}

const LOOK_EVERY_MS = 500;
const NO_RESPONDERS = 503;
const KEPT = new TextEncoder().encode('{"stream":');

/**
 * JetStream's acknowledgements of many small messages. The client's own way makes timers, races and headers for each,
 * which for thousands a second is most of what the garbage collector has to look at; here one costs a map's entry.
 * Owned by the bus; ends with its connection.
 */
export class Acknowledgements {
  readonly #inbox = createInbox();
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #subscribed = false;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly connection: NatsConnection,
    private readonly condition: BusCondition,
    private readonly timeoutMs: number,
  ) {}

  /** Messages under way. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Publishes, and resolves to null once JetStream has it, or to what went wrong. Never rejects. */
  publish(subject: string, bytes: Uint8Array): Promise<string | null> {
    return new Promise((settle) => {
      const number = ++this.#number;
      try {
        this.#subscribe();
        this.connection.publish(subject, bytes, { reply: `${this.#inbox}.${number}` });
      } catch (error) {
        // Closing or draining.
        return settle(describeBusError(error));
      }
      this.#waiting.set(number, { settle, lateAtMs: performance.now() + this.timeoutMs });
      this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
    });
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
      if (!this.condition.connected) this.#end(() => true, "disconnected");
    });
  }

  #settle(number: number, trouble: string | null): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (this.#waiting.size === 0) this.#rest();
    waiting?.settle(trouble);
  }

  #look(): void {
    const nowMs = performance.now();
    this.#end(({ lateAtMs }) => lateAtMs <= nowMs, TOO_LATE);
  }

  /** All wait equally long, so the first that does not belong to it is followed by none that does. */
  #end(belongs: (waiting: Waiting) => boolean, trouble: string): void {
    for (const [number, waiting] of this.#waiting) {
      if (!belongs(waiting)) return;
      this.#settle(number, trouble);
    }
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

/** Null if JetStream has kept what it answers to. */
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
