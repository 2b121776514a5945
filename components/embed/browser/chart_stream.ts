import type { StreamListener } from "../../../lib/browser/candle_stream.ts";
import type { PageConnection } from "../../../lib/browser/connection.ts";
import type { Granularity } from "../../../lib/candles/granularity.ts";
import type { ProductId } from "../../../lib/candles/product.ts";
import { decodeCandle, encodeCandle } from "../../../lib/candles/wire.ts";
import { followCandles } from "../../../lib/client/follow_candles.ts";
import type { PartMerger } from "./part_merger.ts";

/** Silence after which it is checked whether the server still has its feed. */
const QUIET_MS = 15_000;
/** A lost connection is called stale after this long. */
const LOST_MS = 10_000;

/** What a chart's stream brings, and how it stands. */
export interface ChartStreamOptions {
  readonly base: string;
  readonly productId: ProductId;
  /** Of what the stream has: a multiple's parts. */
  readonly granularity: Granularity;
  /** Where the chart's history ends; null if the server did not name it. */
  readonly position: string | null;
  /** Makes the candles out of what comes; null if they come as they are. */
  readonly merger: PartMerger | null;
  readonly listener: StreamListener;
  state(state: PageConnection["state"]): void;
}

/**
 * One chart's candles, over the one connection that all charts and followers of a page share. Without a position, what
 * closed before the first event may be missing in the history, so the listener gets a reset. Returns how to stop.
 */
export function followChart(options: ChartStreamOptions): () => void {
  const { base, productId, granularity, position, merger, listener } = options;
  let isUnsure = position === null;
  let lostAtMs: number | null = null;
  let heardAtMs = Date.now();
  const stop = followCandles({
    server: base,
    products: [productId],
    granularities: [granularity],
    lastEventId: position,
    ordered: false,
    pauseHidden: true,
    onCandle(_, json) {
      heardAtMs = Date.now();
      options.state("live");
      if (isUnsure) listener.reset?.();
      isUnsure = false;
      if (merger === null) return listener.candle(json);
      const part = decodeCandle(json);
      const merged = part === null ? [] : merger.take(part);
      if (merged === null) return listener.reset?.();
      // The chart looks at its candles as at those that they are made of.
      for (const candle of merged) listener.candle(encodeCandle({ ...candle, granularity }));
    },
    onReset: () => listener.reset?.(),
    onState(state) {
      if (state === "live") heardAtMs = Date.now();
      lostAtMs = state === "reconnecting" ? lostAtMs ?? Date.now() : null;
      // A chart is of what the server has: only later can that be gone, and its history is kept.
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
  };
}

const checks = new Map<string, { readonly atMs: number; readonly ready: Promise<boolean> }>();

/** A quiet market and a dead feed look the same from here; the server knows which one it is. Charts share a check. */
function isReady(base: string): Promise<boolean> {
  const last = checks.get(base);
  if (last !== undefined && Date.now() - last.atMs < QUIET_MS) return last.ready;
  const ready = fetch(`${base}/readyz`, { cache: "no-store" }).then(({ ok }) => ok, () => false);
  checks.set(base, { atMs: Date.now(), ready });
  return ready;
}
