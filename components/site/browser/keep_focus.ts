/**
 * Keeps the focus in a list when the row that has it is about to be removed: the same control of the row that takes its
 * place gets it, or of the one before, or what `elsewhere` finds if none is left. Browser only.
 */
export function keepFocusIn(row: Element | null, elsewhere: () => HTMLElement | null): void {
  const list = row?.parentElement;
  if (row === null || list == null || !row.contains(document.activeElement)) return;
  const at = [...list.children].indexOf(row);
  const place = controlsOf(row).findIndex((control) => control === document.activeElement);
  // Once it is rendered without the row.
  setTimeout(() => {
    const rows = list.isConnected ? [...list.children] : [];
    const next = rows[Math.min(at, rows.length - 1)];
    const control = next === undefined ? elsewhere() : controlsOf(next)[place];
    control?.focus();
  });
}

/** Gives the focus to what a selector finds once what has changed is rendered. Browser only. */
export function focusSoon(selector: string): void {
  setTimeout(() => document.querySelector<HTMLElement>(selector)?.focus());
}

function controlsOf(row: Element): readonly HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>("a, button, input, select")];
}
