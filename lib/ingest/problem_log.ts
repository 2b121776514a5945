import type { ProductId } from "../candles/product.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** Where the lines go; LogTape's loggers fit. */
export interface ProblemSink {
  warn(message: string, properties: Record<string, unknown>): void;
  debug(message: string, properties: Record<string, unknown>): void;
}

const QUIET_MS = 60_000;

/**
 * Says what could not be had of the exchange. When it is away every product's repairs fail, again and again: a warning a
 * minute reports it, and the others are there for those who debug.
 */
export class ProblemLog {
  #warnedAtMs = -Infinity;
  #heldBack = 0;

  constructor(
    private readonly log: ProblemSink,
    private readonly clock: Clock = systemClock,
  ) {}

  /** A product's repair failed; `what` says what becomes of it. */
  report(productId: ProductId, what: string, error: unknown): void {
    const properties = { productId, what, error };
    const now = this.clock.now();
    // A process that stops gives up its requests.
    const givenUp = error instanceof Error && error.name === "AbortError";
    if (givenUp || now - this.#warnedAtMs < QUIET_MS) {
      if (!givenUp) this.#heldBack++;
      this.log.debug("{productId}: {what}", properties);
      return;
    }
    const heldBack = this.#heldBack > 0 ? { heldBack: this.#heldBack } : {};
    this.#warnedAtMs = now;
    this.#heldBack = 0;
    this.log.warn("{productId}: {what}", { ...properties, ...heldBack });
  }
}
