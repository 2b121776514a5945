import { get } from "node:http";
import process from "node:process";
import { CHOICES, RANGE_COLUMNS } from "../../components/market/market_columns.ts";
import { PRESETS } from "../../components/market/screen.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import type { Screener } from "../../lib/history/screener.ts";
import { openWebApp } from "../../tests/web_app.ts";
import { quantile } from "../quantile.ts";
import { marketServices } from "./market.ts";

/** Long enough for the figures to be renewed in between. */
const LASTS_MS = 20_000;
const WARM_UP = 20;
/** How often the event loop is looked at. */
const LOOK_MS = 2;
const PATHS = ["/", "/market/rows"] as const;

/**
 * Milliseconds that answers took, of one path, and the processor time of this process meanwhile, the visitor's included,
 * which depends less on what else the machine does.
 */
export interface PageTimes {
  readonly path: string;
  readonly requests: number;
  readonly cpuP50Ms: number;
  readonly cpuP99Ms: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What visitors of the dashboard wait for, and the longest turn of the event loop meanwhile. */
export interface PageFigures {
  readonly pages: readonly PageTimes[];
  readonly longestTurnMs: number;
}

/**
 * One visitor after another chooses columns, an order and a range, each differently, over HTTP and compressed, while the
 * prices of all products change four times a second.
 */
export async function measurePages(
  screener: Screener,
  ids: readonly ProductId[],
): Promise<PageFigures> {
  const app = await openWebApp({ MAX_REQUESTS_PER_IP: "0" }, { ...marketServices(ids), screener });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", automaticCompression: true, onListen() {} },
    app.handler,
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const times = new Map(PATHS.map((path) => [path, { wall: [] as number[], cpu: [] as number[] }]));
  const turns = new Turns();
  try {
    const endsAtMs = performance.now() + LASTS_MS;
    for (let run = -WARM_UP; performance.now() < endsAtMs; run++) {
      if (run === 0) turns.start();
      for (const path of PATHS) {
        const [startedMs, cpuMs] = [performance.now(), usedMs()];
        await loaded(`${url}${path}?${queryOf(run + WARM_UP)}`);
        if (run < 0) continue;
        times.get(path)?.wall.push(performance.now() - startedMs);
        times.get(path)?.cpu.push(usedMs() - cpuMs);
      }
    }
  } finally {
    turns.stop();
    await server.shutdown();
    await app.close();
  }
  const pages = [...times].map(([path, { wall, cpu }]) => ({
    path,
    requests: wall.length,
    p50Ms: quantile(wall, 0.5),
    p99Ms: quantile(wall, 0.99),
    cpuP50Ms: quantile(cpu, 0.5),
    cpuP99Ms: quantile(cpu, 0.99),
  }));
  return { pages, longestTurnMs: turns.longestMs };
}

/** The n-th visitor's choice: a preset, or other columns, another order and another range. */
function queryOf(n: number): string {
  const preset = PRESETS[n % (2 * PRESETS.length)];
  if (preset !== undefined) return preset.query;
  const columns = CHOICES.filter((_, index) => (n >> index % 7 & 1) === 1).map(({ name }) => name);
  const sort = RANGE_COLUMNS[n % RANGE_COLUMNS.length] ?? "rsi";
  return `cols=${columns.join(",")}&sort=${sort}&${sort}_min=-${n % 100}`;
}

function loaded(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "accept-encoding": "gzip" } }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url}: ${answer.statusCode}`));
      answer.on("data", () => {});
      answer.on("end", () => resolve());
    }).on("error", reject);
  });
}

/** This process' processor time so far. */
function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** How long other work waits for its turn of the event loop. Its owner stops it. */
class Turns {
  longestMs = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  start(): void {
    let lastMs = performance.now();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      this.longestMs = Math.max(this.longestMs, nowMs - lastMs - LOOK_MS);
      lastMs = nowMs;
    }, LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
