import type { Alert, AlertCondition } from "../../../lib/alerts/alert.ts";
import { conditionText } from "../../../lib/alerts/describe.ts";
import { ALERTS_KEY, AlertStore } from "./alert_store.ts";
import { showNote } from "./announce.ts";

/**
 * Keeps an alert that fires once, has it watched from here on, and shows on the page whether it could be. It replaces the
 * alert of the same id: `[\w-]`, at most 64.
 */
export function setAlert(product: string, condition: AlertCondition, id: string): void {
  const alert = { id, product, condition, repeats: false, sound: false, isOn: true };
  if (!keep(alert)) {
    showNote("It could not be kept: there are 100 alerts already, or this browser keeps nothing.");
    return;
  }
  // A browser notifies its other tabs alone.
  dispatchEvent(new StorageEvent("storage", { key: ALERTS_KEY }));
  void import("./watch_alerts.ts").then(({ watchAlerts }) => watchAlerts());
  showNote(`Alert set: ${product} ${conditionText(condition)}, once. This page must stay open.`);
}

function keep(alert: Alert): boolean {
  try {
    return new AlertStore(localStorage).put(alert);
  } catch {
    // Storage that is forbidden throws where it is named.
    return false;
  }
}
