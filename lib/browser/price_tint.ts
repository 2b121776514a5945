/** How long a price that moved stays tinted. */
const TINT_MS = 600;
/** Tints end together this often, so that many moving prices cost few frames. */
const SWEEP_MS = 200;

/** Tinted elements, each with the time at which its tint ends. */
const ends = new Map<HTMLElement, number>();
let sweeping: ReturnType<typeof setTimeout> | undefined;

/**
 * Tints a price that moved up (`moved` above 0) or down for a moment; motion.css has the colours. A
 * tint begins and ends without a transition: an animation would paint the page at 60 frames a
 * second for as long as prices move.
 */
export function tintPrice(element: HTMLElement, moved: number): void {
  if (moved === 0) return;
  element.dataset.tick = moved > 0 ? "up" : "down";
  ends.set(element, performance.now() + TINT_MS);
  sweeping ??= setTimeout(sweep, SWEEP_MS);
}

function sweep(): void {
  const now = performance.now();
  for (const [element, end] of ends) {
    if (end > now) continue;
    delete element.dataset.tick;
    ends.delete(element);
  }
  sweeping = ends.size > 0 ? setTimeout(sweep, SWEEP_MS) : undefined;
}
