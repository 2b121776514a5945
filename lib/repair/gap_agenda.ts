import type { IdGap } from "../candles/id_intervals.ts";
import type { FillOutcome } from "./gap_fill.ts";

/** Late and reordered messages close most gaps by themselves within this time. */
const SETTLE_MS = 1000;
const RETRY_MIN_MS = 2000;
/** What the exchange's candles stand in for is complete but for exactness: no hurry. */
const ESTIMATED_RETRY_MS = 600_000;
const RETRY_MAX_MS = 3_600_000;

interface Appointment {
  dueMs: number;
  attempts: number;
}

/** When which of one product's gaps is to be tried (again): soon at first, then ever more rarely. */
export class GapAgenda {
  #appointments = new Map<string, Appointment>();

  /** Those of the open gaps that are due, newest first. Gaps that are no more are forgotten. */
  due(gaps: readonly IdGap[], nowMs: number): IdGap[] {
    if (gaps.length === 0 && this.#appointments.size === 0) return [];
    const kept = new Map<string, Appointment>();
    for (const gap of gaps) {
      const name = nameOf(gap);
      const held = this.#appointments.get(name);
      kept.set(name, held ?? { dueMs: nowMs + SETTLE_MS, attempts: 0 });
    }
    this.#appointments = kept;
    return gaps.filter((gap) => (kept.get(nameOf(gap))?.dueMs ?? 0) <= nowMs).reverse();
  }

  /** A gap was tried and is still there. */
  tried(gap: IdGap, outcome: FillOutcome, nowMs: number): void {
    const appointment = this.#appointments.get(nameOf(gap));
    if (appointment === undefined) return;
    const first = outcome === "unfilled" ? RETRY_MIN_MS : ESTIMATED_RETRY_MS;
    appointment.dueMs = nowMs + Math.min(first * 2 ** appointment.attempts, RETRY_MAX_MS);
    appointment.attempts++;
  }
}

function nameOf({ fromId, toId }: IdGap): string {
  return `${fromId}-${toId}`;
}
