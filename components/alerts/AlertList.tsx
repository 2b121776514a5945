import type { Alert } from "../../lib/alerts/alert.ts";
import { conditionText } from "../../lib/alerts/describe.ts";
import { keepFocusIn } from "../site/browser/keep_focus.ts";
import { EmptyState } from "../site/EmptyState.tsx";

/** All alerts of this browser, each with what can be done about it. */
export function AlertList({ alerts, onTurn, onEdit, onRemove }: {
  alerts: readonly Alert[];
  onTurn: (alert: Alert, isOn: boolean) => void;
  onEdit: (alert: Alert) => void;
  onRemove: (alert: Alert) => void;
}) {
  if (alerts.length === 0) {
    return (
      <EmptyState title="No alerts yet">
        <p>Set one above, on a chart’s price axis, or on a line drawn in a chart.</p>
      </EmptyState>
    );
  }
  return (
    <section aria-labelledby="alerts-set">
      <h2 id="alerts-set">Set</h2>
      <ul class="alerts-list panel">
        {alerts.map((alert) => {
          const { id, product, condition, repeats, sound, isOn } = alert;
          const name = `${product} ${conditionText(condition)}`;
          return (
            <li key={id} data-off={!isOn} data-alert={id}>
              <p>
                <a href={`/products/${product}`}>{product}</a> {conditionText(condition)}
                <span class="alerts-how">
                  {[repeats ? "every time" : "once", sound && "with a sound", !isOn && "off"]
                    .filter(Boolean).join(" · ")}
                </span>
              </p>
              <span class="alerts-actions">
                <button
                  type="button"
                  class="btn btn-sm"
                  aria-label={`${isOn ? "Turn off" : "Turn on"}: ${name}`}
                  onClick={() => onTurn(alert, !isOn)}
                >
                  {isOn ? "Turn off" : "Turn on"}
                </button>
                <button
                  type="button"
                  class="btn btn-sm"
                  aria-label={`Edit: ${name}`}
                  data-edit=""
                  onClick={() => onEdit(alert)}
                >
                  Edit
                </button>
                <button
                  type="button"
                  class="btn btn-sm"
                  aria-label={`Delete: ${name}`}
                  onClick={({ currentTarget }) => {
                    keepFocusIn(
                      currentTarget.closest("li"),
                      () => document.querySelector<HTMLElement>("#alert-product"),
                    );
                    onRemove(alert);
                  }}
                >
                  Delete
                </button>
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
