import { pause } from "../../tests/harness/wait.ts";
import type { RateStep } from "./figures.ts";
import { measureSpan } from "./span.ts";
import type { LoadStand } from "./stand.ts";

/** Multiples of the usual rate that are tried, until one is too much. */
const STEPS = [5, 10, 15, 20, 30, 40, 60, 80, 100];
const STEP_SETTLES_MS = 3_000;
const STEP_MS = 8_000;
/** A rate is sustained while this share of it is processed, no later than `LAG_MS` on average. */
const PROCESSED_SHARE = 0.97;
const LAG_MS = 250;
/** The share of a core from which on it is the limit. */
const BUSY = 0.93;

/** Tries multiples of the usual rate (trades a second), one after the other, until the app does not keep up. */
export async function measureSteps(stand: LoadStand, rate: number): Promise<RateStep[]> {
  const steps: RateStep[] = [];
  for (const factor of STEPS) {
    await stand.control({ command: "pace", factor });
    await pause(STEP_SETTLES_MS);
    const { seconds: _, liveUpdatesPerSecond: __, ...span } = await measureSpan(
      stand,
      () => pause(STEP_MS),
    );
    const sustained = span.losses === 0 && span.lagMs <= LAG_MS &&
      span.processedPerSecond >= span.madePerSecond * PROCESSED_SHARE;
    steps.push({ offeredPerSecond: rate * factor, ...span, sustained });
    console.error(`  ${rate * factor}: ${JSON.stringify(steps.at(-1))}`);
    if (!sustained) break;
  }
  return steps;
}

/** The highest rate that was sustained, and what prevented the next. */
export function judge(steps: readonly RateStep[]): { limit: string; perSecond: number } {
  const sustained = steps.filter((step) => step.sustained);
  const perSecond = Math.max(0, ...sustained.map((step) => step.processedPerSecond));
  const last = steps.at(-1);
  if (last === undefined) return { limit: "not looked for", perSecond };
  const { app, exchange, servers, readers } = last.cpu;
  const limits: string[] = last.losses > 0 ? ["a queue or connection of the feed"] : [];
  if (app > BUSY) limits.push("the app's core");
  if (exchange > BUSY) limits.push("the simulated exchange, which is one thread");
  else if (exchange + servers + readers > BUSY) {
    limits.push("the core that exchange, servers and readers share");
  }
  if (last.sustained) limits.push("not reached");
  return { limit: limits.length === 0 ? "unclear" : limits.join(" and "), perSecond };
}
