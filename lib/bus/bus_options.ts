import type { BusState } from "./bus_state.ts";
import type { LayoutSettings } from "./layout_settings.ts";

/** Where the bus' lines go; LogTape's loggers fit. */
export interface BusLog {
  info(message: string, properties?: Record<string, unknown>): void;
  warn(message: string, properties?: Record<string, unknown>): void;
  error(message: string, properties?: Record<string, unknown>): void;
}

/** How to open a bus. */
export interface BusOptions {
  /** `nats://host:4222` or `nats://user:password@host:4222`; several for a cluster. */
  readonly servers: readonly string[];
  /** The text of a `.creds` file. */
  readonly credentials?: string | null;
  readonly replicas: number;
  /** What streams and buckets may take, where it is not the default. */
  readonly layout?: Partial<Omit<LayoutSettings, "replicas">>;
  /** Closed candles that a publisher holds at most, unless it is told otherwise. */
  readonly closedQueue?: number;
  readonly log: BusLog;
  /** Gives up connecting, and closes the bus. */
  readonly signal?: AbortSignal;
  readonly onState?: (state: BusState) => void;
}
