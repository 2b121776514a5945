import { loadPatiently } from "../../../lib/browser/load_patiently.ts";

/** `ALERTS_KEY` of the store, which is loaded only where there are some. */
const ALERTS = "alerts";

/**
 * Has this browser's alerts watched on this page, from when there are any: now, or once another tab sets the first one.
 * Without alerts nothing is loaded.
 */
export function watchIfSet(): void {
  const watch = () =>
    void loadPatiently(() => import("./watch_alerts.ts")).then(({ watchAlerts }) => watchAlerts());
  try {
    if (localStorage.getItem(ALERTS) !== null) return watch();
  } catch {
    // A browser without storage has none.
    return;
  }
  addEventListener("storage", ({ key }: StorageEvent) => {
    if (key === ALERTS) watch();
  });
}
