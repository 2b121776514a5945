/**
 * The live parts of a dashboard's row, as the attribute `data-live` names them on the server and
 * in the browser.
 */
export const LIVE_CELLS = { price: "price", change: "change", line: "line" } as const;

/** Finds a live part of a row, wherever it stands; null if the row has none. */
export function liveCell(
  row: HTMLTableRowElement,
  name: keyof typeof LIVE_CELLS,
): HTMLElement | null {
  return row.querySelector<HTMLElement>(`[data-live="${name}"]`);
}
