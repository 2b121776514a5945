/** Has this browser's alerts watched on this page if it has any; who has none loads nothing for them. */
export function watchIfSet(): void {
  try {
    if (localStorage.getItem("alerts") === null) return;
  } catch {
    // A browser that keeps nothing has none.
    return;
  }
  void import("./watch_alerts.ts").then(({ watchAlerts }) => watchAlerts());
}
