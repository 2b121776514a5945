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
                in the candle of {timeText(start * 1000)} UTC, noticed {timeText(noticedMs)}
              </span>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(5, 19).replace("T", " ");
}
