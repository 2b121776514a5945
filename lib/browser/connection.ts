import { signal } from "@preact/signals";

/** How a page stands with its stream. */
export interface PageConnection {
  /**
   * `idle`: no stream was asked for. `connecting`: never connected yet. `live`: connected and the server
   * has its feed. `reconnecting`: lost, being retried. `stale`: what is shown is old, and this is known.
   */
  readonly state: "idle" | "connecting" | "live" | "reconnecting" | "stale";
  /** When the newest candle arrived, or the page was made: epoch milliseconds; null if not known. */
  readonly dataAtMs: number | null;
}

/** The page’s connection, written by whatever keeps the page live: there is one such thing on a page. */
export const connection = signal<PageConnection>({ state: "idle", dataAtMs: null });
