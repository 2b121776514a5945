let last: Promise<void> = Promise.resolve();

/**
 * Resolves after the next frame, and after all that requested one before have had a frame each: charts of a page that
 * are drawn one in a frame leave time between them for clicks.
 */
export function nextFrame(): Promise<void> {
  last = last.then(() =>
    new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  );
  return last;
}
