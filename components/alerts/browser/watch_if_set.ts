/** Has this browser's alerts watched on this page if there are any; without alerts nothing is loaded. */
export function watchIfSet(): void {
  try {
    if (localStorage.getItem("alerts") === null) return;
  } catch {
    // A browser without storage has none.
    return;
  }
  void import("./watch_alerts.ts").then(({ watchAlerts }) => watchAlerts());
}
