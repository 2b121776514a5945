import type { ProductId } from "../candles/product.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** Receives the log lines; a LogTape logger fits. */
export interface ProblemSink {
  warn(message: string, properties: Record<string, unknown>): void;
  debug(message: string, properties: Record<string, unknown>): void;
}

const QUIET_MS = 60_000;

/**
 * Logs what could not be fetched from the exchange. While it is down, every product's repairs fail repeatedly: one
 * warning a minute reports it, and the rest are debug lines.
 */
export class ProblemLog {
  #warnedAtMs = -Infinity;
  #heldBack = 0;

  constructor(
    private readonly log: ProblemSink,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Reports that a product's repair failed; `what` names what happens next. */
  report(productId: ProductId, what: string, error: unknown): void {
    const properties = { productId, what, error };
    const now = this.clock.now();
    // A process that stops cancels its requests.
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
