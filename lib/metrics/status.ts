import type { EpochSeconds } from "../candles/granularity.ts";
import type { Absence } from "../exchange/absence.ts";
import type { RepairState } from "../repair/repair_state.ts";

/** The state of one part: feed, products, bus or store. */
export interface PartState {
  /** `standby`: another process does this part's work, and this one takes over when that ends. */
  readonly state: "starting" | "up" | "degraded" | "down" | "off" | "standby";
  /** One line for a person: the fault, or null. */
  readonly detail: string | null;
}

/** Whether all chosen products are followed. */
export interface ProductsState extends PartState {
  /** What `PRODUCTS` lists and is not followed, with the reasons. */
  readonly unavailable: readonly Absence[];
}

/** One socket to the exchange's feed. */
export interface FeedConnection {
  /** Counted from 1. */
  readonly number: number;
  /** `refused`: the socket is open, and no subscription is acknowledged. */
  readonly state: string;
  /** Products that the exchange does not send. */
  readonly refused: readonly string[];
  /** The number of its products, and of those that are ready. */
  readonly products: number;
  readonly ready: number;
  /** Attempts to connect since data last came. */
  readonly attempts: number;
  /** Null while there is no open socket. */
  readonly lastMessageAgeMs: number | null;
  readonly lastError: string | null;
}

/** The state of one webhook; counts since the start. */
export interface WebhookState extends PartState {
  readonly name: string;
  /** Requests that the receiver accepted, and failed ones. */
  readonly delivered: number;
  readonly failed: number;
  /** Candles that it did not accept for a day. */
  readonly setAside: number;
  /** Closed candles that it has not accepted yet; null while unknown. */
  readonly waiting: number | null;
}

/** One web process beside the one that ingests. */
export interface WorkerState extends PartState {
  /** Counted from 1; its successor has the same number. */
  readonly number: number;
  readonly pid: number | null;
  readonly streams: number;
  /** How often the process was started again since the start. */
  readonly restarts: number;
}

/** The web processes together: `degraded` while some of them do not serve. */
export interface WorkersState extends PartState {
  readonly workers: readonly WorkerState[];
}

/** What `/readyz`, `/status` and the pages' badge show. */
export interface Status {
  readonly feed: PartState;
  readonly products: ProductsState;
  /** Empty where this process does not ingest, or not yet. */
  readonly connections: readonly FeedConnection[];
  readonly bus: PartState;
  readonly store: PartState;
  /** Null where this process does not ingest. */
  readonly repair: RepairState | null;
  /** Of the operator's file; empty without one. */
  readonly webhooks: readonly WebhookState[];
  /** Null where the one process serves the pages itself. */
  readonly workers: WorkersState | null;
  /** Candles come from the simulated exchange. */
  readonly simulated: boolean;
  readonly version: string;
  readonly startedAt: EpochSeconds;
}

/** Counts since the start, which only rise. */
export interface Counts {
  readonly trades: number;
  readonly liveUpdates: number;
  readonly closedCandles: number;
  readonly writtenCandles: number;
  readonly sentFrames: number;
  readonly restRequests: number;
  /** Messages and trades that could not be used. */
  readonly dropped: number;
  /** Closed candles that no row can hold. */
  readonly deadLetters: number;
  readonly cpuSeconds: number;
  /** Samples of the event loop's lag, and their sum in seconds. */
  readonly lagSamples: number;
  readonly lagSeconds: number;
}

/** Event streams: the first three as of now, the others counts since the start. */
export interface StreamFigures {
  readonly open: number;
  readonly lagging: number;
  readonly resuming: number;
  readonly turnedAway: number;
  readonly cutOff: number;
}

/** What the operations page shows beside the status. */
export interface Figures {
  readonly counts: Counts;
  readonly streams: StreamFigures;
  /** Closed candles that wait for the bus. */
  readonly closedQueued: number;
  readonly memoryBytes: number;
}

export const STARTING: PartState = { state: "starting", detail: null };
export const STANDBY: PartState = {
  state: "standby",
  detail: "another process ingests this shard; this one takes over when that ends",
};
export const STANDBY_WEBHOOK: PartState = {
  state: "standby",
  detail: "another process posts to the webhooks; this one takes over when that ends",
};
export const OFF: PartState = { state: "off", detail: null };
