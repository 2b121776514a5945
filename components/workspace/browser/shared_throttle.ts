/** Most milliseconds between two drawings of a chart, by the number of charts. */
const THROTTLES: readonly (readonly [charts: number, ms: number])[] = [[2, 0], [4, 250], [9, 500]];

/**
 * How often that number of charts is drawn together, in milliseconds; 0 to draw each change
 * immediately.
 */
export function throttleMs(charts: number): number {
  return THROTTLES.find(([most]) => charts <= most)?.[1] ?? 500;
}

/**
 * Has many charts drawn in one frame of the browser: each frame has its own cost, and no person can
 * follow nine charts four times a second. What is requested is drawn together when some time has
 * passed. Its owner closes it.
 */
export class SharedThrottle {
  readonly #everyMs: () => number;
  readonly #waiting = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `everyMs` is called each time: charts come and go. */
  constructor(everyMs: () => number) {
    this.#everyMs = everyMs;
  }

  /** Calls `draw` soon, once however often it is requested before that. */
  request(draw: () => void): void {
    const ms = this.#everyMs();
    if (ms === 0) return draw();
    this.#waiting.add(draw);
    this.#timer ??= setTimeout(() => this.#flush(), ms);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #flush(): void {
    this.#timer = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const draw of waiting) draw();
  }
}
