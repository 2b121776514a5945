import type { StreamListener } from "../../../lib/browser/candle_stream.ts";
import type { PageConnection } from "../../../lib/browser/connection.ts";
import type { Multiple } from "../../../lib/candles/multiple.ts";
import type { ProductId } from "../../../lib/candles/product.ts";
import { followCandles } from "../../../lib/client/follow_candles.ts";
import { fetchParts } from "./chart_data.ts";
import { PartListener } from "./part_listener.ts";

/** Silence after which it is checked whether the server still has its feed. */
const QUIET_MS = 15_000;
/** A lost connection is called stale after this long. */
const LOST_MS = 10_000;

/** What a chart's stream is followed with. */
export interface ChartStreamOptions {
  readonly base: string;
  readonly productId: ProductId;
  readonly multiple: Multiple;
  /** The start of the chart's newest candle, epoch seconds; null if it has none. */
  readonly newest: number | null;
  /** Where the chart's history ends; null if the server did not name it. */
  readonly position: string | null;
  /** Gets candles of the granularity that the multiple is of. */
  readonly listener: StreamListener;
  state(state: PageConnection["state"]): void;
}

/**
 * Follows one chart's candles, over the one connection that all charts and followers of a page share. Without a
 * position, what closed before the first event may be missing from the history, so the listener gets a reset. Returns a
 * function that stops this.
 */
export function followChart(options: ChartStreamOptions): () => void {
  const { base, productId, multiple, newest, position } = options;
  const parts = multiple.parts === 1 ? null : new PartListener({
    multiple,
    newest,
    listener: options.listener,
    fetchParts: (from, signal) => fetchParts(base, productId, multiple, from, signal),
  });
  const listener = parts ?? options.listener;
  let isUnsure = position === null;
  let lostAtMs: number | null = null;
  let heardAtMs = Date.now();
  const stop = followCandles({
    server: base,
    products: [productId],
    granularities: [multiple.of],
    lastEventId: position,
    ordered: false,
    pauseHidden: true,
    onCandle(_, json) {
      heardAtMs = Date.now();
      options.state("live");
      if (isUnsure) listener.reset?.();
      isUnsure = false;
      listener.candle(json);
    },
    onReset: () => listener.reset?.(),
    onState(state) {
      if (state === "live") heardAtMs = Date.now();
      lostAtMs = state === "reconnecting" ? lostAtMs ?? Date.now() : null;
      // The server had the product when the chart was made; if it is gone later, the history stays.
      options.state(state === "refused" ? "stale" : state);
    },
  });
  const watch = setInterval(async () => {
    const nowMs = Date.now();
    if (document.hidden) return;
    if (lostAtMs !== null) {
      if (nowMs - lostAtMs > LOST_MS) options.state("stale");
    } else if (nowMs - heardAtMs > QUIET_MS) {
      heardAtMs = nowMs;
      const ready = await isReady(base);
      if (lostAtMs === null) options.state(ready ? "live" : "stale");
    }
  }, 1000);
  return () => {
    clearInterval(watch);
    stop();
    parts?.close();
  };
}

/** The check's timeout: a server that hangs accepts connections and never answers. */
const CHECK_MS = 5000;

const checks = new Map<string, { readonly atMs: number; readonly ready: Promise<boolean> }>();

/**
 * From here a quiet market and a dead feed look the same, so the server is checked. Charts share a
 * check.
 */
function isReady(base: string): Promise<boolean> {
  const last = checks.get(base);
  if (last !== undefined && Date.now() - last.atMs < QUIET_MS) return last.ready;
  const ready = fetch(`${base}/readyz`, {
    cache: "no-store",
    signal: AbortSignal.timeout(CHECK_MS),
  }).then(({ ok }) => ok, () => false);
  checks.set(base, { atMs: Date.now(), ready });
  return ready;
}
