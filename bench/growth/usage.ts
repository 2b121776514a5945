import { setImmediate } from "node:timers";
import process from "node:process";
import { quantile } from "../quantile.ts";
import type { GrowthPoint } from "./curve.ts";

/** Adds up what parts of a program's work cost, leaving out what the bench itself does between them. */
export class Cost {
  #cpuMicros = 0;
  /** The cost of reading the clocks. */
  readonly #ownMicros = ownMicros();
  readonly #tookMs: number[] = [];

  /** Runs a part and adds its cost. */
  async of(work: () => Promise<void> | void): Promise<void> {
    const cpu = process.cpuUsage();
    const startedMs = performance.now();
    await work();
    this.#tookMs.push(performance.now() - startedMs);
    const { user, system } = process.cpuUsage(cpu);
    this.#cpuMicros += Math.max(0, user + system - this.#ownMicros);
  }

  /** The total; the waits are the parts' own times. */
  point(size: number, items: number): GrowthPoint {
    const { rss, heapUsed } = settledMemory();
    return {
      size,
      items,
      cpuMicrosPerItem: this.#cpuMicros / items,
      p50Ms: quantile(this.#tookMs, 0.5),
      p99Ms: quantile(this.#tookMs, 0.99),
      residentBytes: rss,
      heapBytes: heapUsed,
    };
  }
}

function ownMicros(): number {
  const looks = Array.from({ length: 200 }, () => {
    const { user, system } = process.cpuUsage(process.cpuUsage());
    return user + system;
  });
  return quantile(looks, 0.5);
}

/** Memory after a collection, where the process was started with `--expose-gc`. */
function settledMemory(): Deno.MemoryUsage {
  const collect: unknown = Reflect.get(globalThis, "gc");
  if (typeof collect === "function") collect();
  return Deno.memoryUsage();
}

/** Lets everything run that is due now. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
