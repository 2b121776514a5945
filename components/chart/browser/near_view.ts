/** Resolves once the element is in the window or less than 100 pixels away, or when the signal is aborted. */
export function nearView(element: HTMLElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver((entries) => {
      if (!signal.aborted && !entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      resolve();
    }, { rootMargin: "100px" });
    observer.observe(element);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      resolve();
    }, { once: true });
  });
}
