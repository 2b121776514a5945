import type { CostLimits } from "../http/cost_budget.ts";

/**
 * How much of history may be read at a time, in rows of the database. The dearest page takes 20,001 of them, so that an
 * address has two of those under way and all addresses eight, as many as there are connections for reading.
 */
export const READ_LIMITS: CostLimits = {
  total: 160_000,
  perAddress: 40_002,
  waiting: 200,
  waitingPerAddress: 40,
  patienceMs: 5_000,
};

/**
 * How many pages of resumed streams may be in transit to clients, of some 256 KB each; one that is not read takes up to
 * 2 MB with the listener's own buffers. How many wait is bounded by
 * the streams themselves, so none is refused.
 */
export const RESUME_LIMITS: CostLimits = {
  total: 64,
  perAddress: 4,
  waiting: 0,
  waitingPerAddress: 0,
  patienceMs: 0,
};

/** What a statement costs at least: looking for a row takes as long as reading some. */
export const LEAST_COST = 100;

/** What a row costs that comes here whole: it takes far longer than one that PostgreSQL merges, and memory until its answer is written. */
export const WHOLE_ROW_COST = 20;
