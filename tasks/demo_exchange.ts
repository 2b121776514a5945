import { join } from "node:path";
import { startEmbedded } from "../lib/embedded/mod.ts";
import { BIN_DIR } from "../lib/app/servers.ts";

/** Where a simulated exchange can be reached. */
export interface DemoExchange {
  readonly wsUrl: string;
  readonly restUrl: string;
}

/** The size of the exchange. */
export interface DemoSize {
  readonly products: number;
  /** Of all products together. */
  readonly tradesPerSecond: number;
  /** Of all products together before the exchange's start. */
  readonly pastTradesPerSecond: number;
}

/** The saved origin of an exchange, from which the same one can be started again. */
interface Origin extends DemoSize {
  readonly seed: number;
  readonly startAt: number;
}

/** Trades and candles go back equally far, so that all of the past can be proven. */
const HISTORY_DAYS = 400;
/** After a longer pause the exchange and its stored candles start over, since catching up would take too long. */
const LONGEST_PAUSE_MS = 12 * 3_600_000;

/**
 * Starts the simulated exchange in a separate worker. If there was one in `dataDir` recently, the
 * same one continues, so that stored candles are still true; otherwise the old one's candles are
 * removed from `dataDir`. It ends with this process.
 */
export async function resumeExchange(
  dataDir: string,
  size: DemoSize,
  progress: (line: string) => void,
): Promise<DemoExchange> {
  const path = join(dataDir, "exchange.json");
  const now = Date.now();
  const kept = await readOrigin(path);
  const isResumed = kept !== null && kept.tradesPerSecond === size.tradesPerSecond &&
    kept.pastTradesPerSecond === size.pastTradesPerSecond &&
    kept.products === size.products && now - kept.startAt >= 0 &&
    now - kept.startAt < LONGEST_PAUSE_MS;
  const origin = isResumed ? kept : { seed: 7, startAt: now, ...size };
  if (!isResumed) {
    if (kept !== null) await forget(dataDir);
    await Deno.mkdir(dataDir, { recursive: true });
    await Deno.writeTextFile(path, JSON.stringify(origin));
  }
  const exchange = await startWorker(origin);
  const pauseMs = now - origin.startAt;
  if (pauseMs > 0) {
    progress(`exchange: catching up ${Math.round(pauseMs / 1000)} s`);
    await fetch(exchange.controlUrl, {
      method: "POST",
      body: JSON.stringify({ command: "advance", ms: pauseMs }),
    }).then((response) => response.body?.cancel());
  }
  return exchange;
}

async function readOrigin(path: string): Promise<Origin | null> {
  try {
    // A file without the number of products, or without the past, is of an earlier version, and is discarded.
    const { seed, startAt, tradesPerSecond, pastTradesPerSecond = 0, products = 0 } = JSON.parse(
      await Deno.readTextFile(path),
    );
    const origin = { seed, startAt, tradesPerSecond, pastTradesPerSecond, products };
    return Object.values(origin).every(Number.isFinite) ? origin : null;
  } catch {
    return null;
  }
}

/**
 * Removes the servers' data of a discarded exchange, once no server of an ended run still uses it.
 */
async function forget(dataDir: string): Promise<void> {
  const servers = await startEmbedded({
    dataDir,
    binDir: BIN_DIR,
    needPostgres: true,
    needNats: true,
    progress: () => {},
  });
  await servers.close();
  for await (const entry of Deno.readDir(dataDir)) {
    await Deno.remove(join(dataDir, entry.name), { recursive: true });
  }
}

function startWorker(origin: Origin): Promise<DemoExchange & { readonly controlUrl: string }> {
  const worker = new Worker(new URL("../lib/exchange_simulator/worker.ts", import.meta.url), {
    type: "module",
  });
  const { startAt, ...settings } = origin;
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data.error === undefined) resolve(data);
      else reject(new Error(`the simulated exchange did not start: ${data.error}`));
    };
    worker.postMessage({
      ...settings,
      clock: { startAt },
      historyDays: HISTORY_DAYS,
      historyHours: HISTORY_DAYS * 24,
    });
  });
}
