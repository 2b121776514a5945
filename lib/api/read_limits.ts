import type { CostLimits } from "../http/cost_budget.ts";

/**
 * How much of history may be read at a time, in rows of the database. The most expensive page takes 20,001 rows, so one
 * address may read two of those concurrently and all addresses eight, as many as there are connections for reading.
 */
export const READ_LIMITS: CostLimits = {
  total: 160_000,
  perAddress: 40_002,
  waiting: 200,
  waitingPerAddress: 40,
  timeoutMs: 5_000,
};

/**
 * How many pages of resumed streams, of some 256 KB each, may be in transit to clients; one that is not read takes up
 * to 2 MB with the listener's buffers. The number that wait is bounded by the number of streams, so none is refused.
 */
export const RESUME_LIMITS: CostLimits = {
  total: 64,
  perAddress: 4,
  waiting: 0,
  waitingPerAddress: 0,
  timeoutMs: 0,
};

/** The least cost of a statement: finding a row takes as long as reading some. */
export const LEAST_COST = 100;

/**
 * The cost of a row that is sent here: it takes far longer than one that PostgreSQL merges, and memory until its answer
 * is written.
 */
export const WHOLE_ROW_COST = 20;
