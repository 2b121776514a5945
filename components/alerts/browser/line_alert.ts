import type { AlertCondition } from "../../../lib/alerts/alert.ts";
import { ALERTS_KEY, AlertStore } from "./alert_store.ts";

/** The id of the alert at a drawing; there is one at most. */
export function lineAlertId(drawingId: string): string {
  return `drawn-${drawingId}`;
}

/** Has the alert at a drawn line, if there is one, follow it to where it was moved. */
export function moveLineAlert(drawingId: string, condition: AlertCondition): void {
  change(drawingId, (store, id) => {
    const alert = store.alerts().find((one) => one.id === id);
    if (alert === undefined || JSON.stringify(alert.condition) === JSON.stringify(condition)) {
      return false;
    }
    return store.put({ ...alert, condition });
  });
}

/** Removes the alert at a drawn line that is deleted, if there is one. */
export function removeLineAlert(drawingId: string): void {
  change(drawingId, (store, id) => {
    if (!store.alerts().some((one) => one.id === id)) return false;
    store.remove(id);
    return true;
  });
}

/** `make` returns whether it changed anything. */
function change(drawingId: string, make: (store: AlertStore, id: string) => boolean): void {
  const isChanged = make(new AlertStore(() => localStorage), lineAlertId(drawingId));
  // Other tabs are notified by the browser; this one as they are.
  if (isChanged) dispatchEvent(new StorageEvent("storage", { key: ALERTS_KEY }));
}
