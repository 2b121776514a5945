import { epochSeconds } from "../candles/granularity.ts";
import type { Status } from "./status.ts";

export const UP = { state: "up", detail: null } as const;

/** The status of a process whose parts are all up. */
export const STATUS: Status = {
  feed: UP,
  products: { ...UP, unavailable: [] },
  connections: [],
  bus: UP,
  store: UP,
  repair: null,
  webhooks: [],
  workers: null,
  simulated: false,
  version: "1",
  startedAt: epochSeconds(1),
};
