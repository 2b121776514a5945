import type { AlertCondition } from "../../../lib/alerts/alert.ts";
import { loadPatiently } from "../../../lib/browser/load_patiently.ts";
import { conditionText } from "../../../lib/alerts/describe.ts";
import { ALERTS_KEY, AlertStore, newAlertId, NOT_KEPT } from "./alert_store.ts";
import { showNote } from "./announce.ts";

/**
 * Sets an alert from a chart, which fires once and without a sound, has it judged from now on, and shows whether it was
 * stored. It replaces the alert of the same id: `[\w-]`, at most 64.
 */
export function setAlert(product: string, condition: AlertCondition, id = newAlertId()): void {
  const store = new AlertStore(() => localStorage);
  if (!store.put({ id, product, condition, repeats: false, sound: false, isOn: true })) {
    showNote(NOT_KEPT);
    return;
  }
  dispatchEvent(new StorageEvent("storage", { key: ALERTS_KEY }));
  void loadPatiently(() => import("./watch_alerts.ts")).then(({ watchAlerts }) => watchAlerts());
  showNote(`Alert set: ${product} ${conditionText(condition)}, once. This page must stay open.`);
}
