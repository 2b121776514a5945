import { signal } from "@preact/signals";

/** The state of a page's stream. */
export interface PageConnection {
  /**
   * `idle`: no stream was requested. `connecting`: never connected yet. `live`: connected, and the server has its feed.
   * `reconnecting`: lost, being retried. `stale`: the data shown is known to be old.
   */
  readonly state: "idle" | "connecting" | "live" | "reconnecting" | "stale";
  /** When the newest candle arrived, or the page was made: epoch milliseconds; null if not known. */
  readonly dataAtMs: number | null;
}

/** The page’s connection, written by the one stream that keeps the page live. */
export const connection = signal<PageConnection>({ state: "idle", dataAtMs: null });
