import { AlertBook, type Firing, type NeededCandles } from "../../../lib/alerts/alert_book.ts";
import type { AlertCandle } from "../../../lib/alerts/candle.ts";
import type { AlertProgress } from "../../../lib/alerts/judge.ts";
import { firingText } from "../../../lib/alerts/describe.ts";
import { GRANULARITY_SECONDS } from "../../../lib/candles/granularity.ts";
import { followCandles, type FollowState } from "../../../lib/client/follow_candles.ts";
import { type AlertStore, FIRED_KEY } from "./alert_store.ts";

const MAX_PAGE = 1000;
/** How often progress is stored while nothing fires: candles since then are judged again, and fire nothing twice. */
const KEEP_MS = 1_000;
const RETRY_MS = 3_000;
const MAX_RETRY_MS = 60_000;

/** Callbacks for alerts that fire, and for the stream's state. */
export interface AlertListener {
  /**
   * What fires, once it is stored: here immediately, in other tabs by the storage's event. `isKept` is false where it
   * could not be stored, and only this page has it.
   */
  readonly onFired: (firing: Firing, isKept: boolean) => void;
  /**
   * The state of the stream that alerts are judged by; `idle` without one. May be called with each
   * candle.
   */
  readonly onState: (state: Exclude<FollowState, "refused"> | "idle") => void;
}

/** Judges the alerts of this browser by the server's candles until it is stopped. */
export function judgeAlerts(store: AlertStore, { onFired, onState }: AlertListener): () => void {
  const stop = new AbortController();
  const alerts = store.alerts();
  const progress = new Map<string, AlertProgress>(store.progress());
  let keeping: ReturnType<typeof setTimeout> | null = null;
  const keep = () => {
    if (keeping !== null) clearTimeout(keeping);
    keeping = null;
    if (!stop.signal.aborted) store.keepProgress(progress, alerts);
  };
  addEventListener("pagehide", keep, { signal: stop.signal });
  const book = new AlertBook(alerts, progress, {
    onProgress({ id }, next) {
      progress.set(id, next);
      keeping ??= setTimeout(keep, KEEP_MS);
    },
    onFired(firing) {
      // Stored first: a page that is killed in between reports nothing twice.
      keep();
      const { alert, at, start } = firing;
      if (!alert.repeats) store.turn(alert.id, false);
      const isKept = store.addFiring({
        id: `${alert.id}-${start}-${Date.now()}`,
        alertId: alert.id,
        product: alert.product,
        text: firingText(alert.condition, at),
        noticedMs: Date.now(),
        start,
      });
      dispatchEvent(new StorageEvent("storage", { key: FIRED_KEY }));
      onFired(firing, isKept);
    },
  });
  if (book.needed.length === 0) onState("idle");
  for (const needed of book.needed) {
    const { product, granularity } = needed;
    let reading = 0;
    const begin = async () => {
      const mine = ++reading;
      // The result of a read that began before a reset may lack candles that were missed.
      const isOver = () => stop.signal.aborted || mine !== reading;
      for (let waitMs = RETRY_MS; !isOver(); waitMs = Math.min(waitMs * 2, MAX_RETRY_MS)) {
        try {
          const since = book.judgedSince(product, granularity);
          const candles = await newestCandles(needed, since, stop.signal);
          if (candles !== null && !isOver()) book.begin(product, granularity, candles);
          return;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, waitMs));
        }
      }
    };
    followCandles({
      server: location.origin,
      products: [product],
      granularities: [granularity],
      ordered: true,
      signal: stop.signal,
      onCandle(candle) {
        onState("live");
        book.take(candle);
      },
      onState(state) {
        // The others continue without a product that is gone.
        if (state !== "refused") onState(state);
      },
      onReset() {
        book.doubt(product, granularity);
        void begin();
      },
    });
    void begin();
  }
  return () => stop.abort();
}

/** As many candles as a key needs, and as far back as it was judged. Null where the server has none of it. */
async function newestCandles(
  { product, granularity, length }: NeededCandles,
  since: number | null,
  signal: AbortSignal,
): Promise<readonly AlertCandle[] | null> {
  const awaySeconds = since === null ? 0 : Date.now() / 1000 - since;
  const away = Math.ceil(awaySeconds / GRANULARITY_SECONDS[granularity]) + 2;
  const limit = Math.min(MAX_PAGE, Math.max(length + 1, away));
  const query = new URLSearchParams({ product, granularity, limit: `${limit}` });
  const answer = await fetch(`/api/candles?${query}`, { signal });
  // A product that is no longer followed is not read again until the alerts change.
  if (answer.status === 404 || answer.status === 400) return null;
  if (!answer.ok) throw new Error(`history answered ${answer.status}`);
  const { candles }: { candles: AlertCandle[] } = await answer.json();
  return candles;
}
