import type { EpochSeconds } from "./candles/granularity.ts";

/** How one of the outside parties is doing. */
export interface PartState {
  readonly state: "starting" | "up" | "degraded" | "down" | "off";
  /** One line for a person: what is wrong, or null. */
  readonly detail: string | null;
}

/** What `/readyz`, `/status` and the pages' badge show. */
export interface Status {
  readonly feed: PartState;
  readonly bus: PartState;
  readonly store: PartState;
  /** Candles come from the simulated exchange. */
  readonly simulated: boolean;
  readonly version: string;
  readonly startedAt: EpochSeconds;
}

export const STARTING: PartState = { state: "starting", detail: null };
export const OFF: PartState = { state: "off", detail: null };
