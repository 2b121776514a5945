import type { BusState } from "./bus_state.ts";
import type { LayoutSettings } from "./layout_settings.ts";

/** Receives the bus' log lines; a LogTape logger fits. */
export interface BusLog {
  info(message: string, properties?: Record<string, unknown>): void;
  warn(message: string, properties?: Record<string, unknown>): void;
  error(message: string, properties?: Record<string, unknown>): void;
}

export interface BusOptions {
  /** `nats://host:4222` or `nats://user:password@host:4222`; several for a cluster. */
  readonly servers: readonly string[];
  /** The text of a `.creds` file. */
  readonly credentials?: string | null;
  readonly replicas: number;
  /** Sizes and limits of streams and buckets that differ from the defaults. */
  readonly layout?: Partial<Omit<LayoutSettings, "replicas">>;
  /** A publisher's default capacity, in closed candles. */
  readonly closedQueue?: number;
  readonly log: BusLog;
  /** Stops connecting, and closes the bus. */
  readonly signal?: AbortSignal;
  readonly onState?: (state: BusState) => void;
}
