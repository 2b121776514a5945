import type { EpochSeconds } from "./candles/granularity.ts";

/** How one of the outside parties is doing. */
export interface PartState {
  readonly state: "starting" | "up" | "degraded" | "down" | "off";
  /** One line for a person: what is wrong, or null. */
  readonly detail: string | null;
}

/** What is known to be missing, and what becomes of it. */
export interface RepairState {
  readonly gapsOpen: number;
  readonly gapsOpened: number;
  readonly gapsRepaired: number;
  /** Of the open ones: asked for, and not shown by the exchange (so far). */
  readonly gapsUnrepairable: number;
  /** Products' days older than memory that wait to be mended. */
  readonly daysWaiting: number;
  /** Products whose running candles are not complete yet. */
  readonly unseeded: number;
}

/** What `/readyz`, `/status` and the pages' badge show. */
export interface Status {
  readonly feed: PartState;
  readonly bus: PartState;
  readonly store: PartState;
  /** Null where this process does not ingest. */
  readonly repair: RepairState | null;
  /** Candles come from the simulated exchange. */
  readonly simulated: boolean;
  readonly version: string;
  readonly startedAt: EpochSeconds;
}

export const STARTING: PartState = { state: "starting", detail: null };
export const OFF: PartState = { state: "off", detail: null };
