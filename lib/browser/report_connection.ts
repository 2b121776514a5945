import { connection, type PageConnection } from "./connection.ts";

/** The interval of reports that data came: the page shows only whether any does. */
const REPORT_MS = 1000;
/** A lost connection is shown as stale after this long. */
const LOST_MS = 10_000;

let lost: ReturnType<typeof setTimeout> | null = null;

/** Shows the state of the connection that a page's followers share. May be called with each candle. */
export function reportConnection(state: PageConnection["state"]): void {
  const { state: before, dataAtMs } = connection.peek();
  const nowMs = Date.now();
  if (state === before && nowMs - (dataAtMs ?? 0) < REPORT_MS) return;
  connection.value = { state, dataAtMs: state === "live" ? nowMs : dataAtMs };
}

/** The same for followers that report a loss, but not that it lasts: after ten seconds the page is stale. */
export function reportLastingConnection(state: PageConnection["state"]): void {
  if (state === "reconnecting") {
    if (connection.peek().state === "stale") return;
    lost ??= setTimeout(() => reportConnection("stale"), LOST_MS);
  } else if (lost !== null) {
    clearTimeout(lost);
    lost = null;
  }
  reportConnection(state);
}
