import { AlertBook, type Firing } from "../../../lib/alerts/alert_book.ts";
import type { AlertCandle } from "../../../lib/alerts/candle.ts";
import type { AlertProgress } from "../../../lib/alerts/judge.ts";
import { conditionText, figure } from "../../../lib/alerts/describe.ts";
import { followCandles } from "../../../lib/client/follow_candles.ts";
import { type AlertStore, FIRED_KEY } from "./alert_store.ts";

const SECONDS: Readonly<Record<string, number>> = {
  ONE_MINUTE: 60,
  FIVE_MINUTE: 300,
  FIFTEEN_MINUTE: 900,
  THIRTY_MINUTE: 1800,
  ONE_HOUR: 3600,
  TWO_HOUR: 7200,
  SIX_HOUR: 21_600,
  ONE_DAY: 86_400,
};
const MAX_PAGE = 1000;
/** How often progress is kept while nothing happens: what is lost of it is judged again, and says nothing twice. */
const KEEP_MS = 1_000;
const RETRY_MS = 3_000;

/**
 * Judges the alerts of this browser by the server's candles until it is stopped. What happens is kept, then told to
 * `onFired`: here at once, in other tabs by the storage's event.
 */
export function judgeAlerts(store: AlertStore, onFired: (firing: Firing) => void): () => void {
  const stop = new AbortController();
  const progress = new Map<string, AlertProgress>(store.progress());
  let keeping: ReturnType<typeof setTimeout> | null = null;
  const keep = () => {
    if (keeping !== null) clearTimeout(keeping);
    keeping = null;
    if (!stop.signal.aborted) store.keepProgress(progress);
  };
  addEventListener("pagehide", keep, { signal: stop.signal });
  const book = new AlertBook(store.alerts(), progress, {
    onProgress({ id }, next) {
      progress.set(id, next);
      keeping ??= setTimeout(keep, KEEP_MS);
    },
    onFired(firing) {
      // Kept first: a page that is killed in between says nothing twice.
      keep();
      const { alert, at, start } = firing;
      if (!alert.repeats) store.turn(alert.id, false);
      store.addFiring({
        id: `${alert.id}-${start}-${Date.now()}`,
        alertId: alert.id,
        product: alert.product,
        text: `${conditionText(alert.condition)}: ${figure(at)}`,
        noticedMs: Date.now(),
        start,
      });
      dispatchEvent(new StorageEvent("storage", { key: FIRED_KEY }));
      onFired(firing);
    },
  });
  const begin = async (product: string, granularity: string, length: number) => {
    const seconds = SECONDS[granularity] ?? 60;
    while (!stop.signal.aborted) {
      try {
        const since = [...progress.values()].map(({ start }) => start);
        const away = Math.ceil((Date.now() / 1000 - Math.min(...since, Infinity)) / seconds) + 2;
        const limit = Math.min(MAX_PAGE, Math.max(length + 1, Number.isFinite(away) ? away : 0));
        const query = new URLSearchParams({ product, granularity, limit: String(limit) });
        const answer = await fetch(`/api/candles?${query}`, { signal: stop.signal });
        // What is not followed any more stays away until the alerts change.
        if (answer.status === 404 || answer.status === 400) return;
        if (!answer.ok) throw new Error(`history answered ${answer.status}`);
        const { candles }: { candles: AlertCandle[] } = await answer.json();
        if (!stop.signal.aborted) book.begin(product, granularity, candles);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };
  for (const { product, granularity, length } of book.needed) {
    followCandles({
      server: location.origin,
      products: [product],
      granularities: [granularity],
      ordered: true,
      signal: stop.signal,
      onCandle: (candle) => book.take(candle),
      onReset() {
        book.doubt(product, granularity);
        void begin(product, granularity, length);
      },
    });
    void begin(product, granularity, length);
  }
  return () => stop.abort();
}
