/** What only touches the edge of what is in sight, as the next of several charts that are swiped, is not near. */
const LEAST_SHARE = 0.01;

/** Resolves once the element is in the window or less than 100 pixels away, or when the signal is aborted. */
export function nearView(element: HTMLElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver((entries) => {
      const isNear = entries.some(({ isIntersecting, intersectionRatio }) =>
        isIntersecting && intersectionRatio >= LEAST_SHARE
      );
      if (!signal.aborted && !isNear) return;
      observer.disconnect();
      resolve();
    }, { rootMargin: "100px", threshold: LEAST_SHARE });
    observer.observe(element);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      resolve();
    }, { once: true });
  });
}
