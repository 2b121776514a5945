import { epochSeconds } from "../../lib/candles/granularity.ts";
import { axisText } from "../site/utc_time.ts";
import type { KeptFiring } from "./browser/alert_store.ts";

/** The alerts that fired, newest first. */
export function FiringList(
  { firings, onClear }: { firings: readonly KeptFiring[]; onClear: () => void },
) {
  if (firings.length === 0) return null;
  return (
    <section aria-labelledby="alerts-fired">
      <div class="alerts-head">
        <h2 id="alerts-fired">Happened</h2>
        <button type="button" class="btn btn-sm" onClick={onClear}>Clear</button>
      </div>
      <ol class="alerts-list panel">
        {firings.map(({ id, product, text, noticedMs, start }) => (
          <li key={id}>
            <p>
              <a href={`/products/${product}`}>{product}</a> {text}
              <span class="alerts-how">
                in the candle of {axisText(epochSeconds(start), "ONE_MINUTE")} UTC, noticed{" "}
                {secondText(noticedMs)}
              </span>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** `27 Nov 18:32:46`. */
function secondText(epochMs: number): string {
  const seconds = epochSeconds(Math.floor(epochMs / 1000));
  return axisText(seconds, "ONE_MINUTE") + new Date(epochMs).toISOString().slice(16, 19);
}
