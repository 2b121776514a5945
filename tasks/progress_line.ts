/** Where progress is shown. */
export interface ProgressScreen {
  /** Writes text unchanged, without adding a line end. */
  readonly write: (text: string) => void;
  /** A bar that is redrawn in place; plain lines now and then if false. */
  readonly isTerminal: boolean;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

const BAR_WIDTH = 30;
const REDRAW_MS = 100;
const LINE_MS = 5000;
const NEWEST = 50;

/** Shows the progress of a known amount of work, its recent rate and the time left. */
export class ProgressLine {
  readonly #screen: ProgressScreen;
  readonly #total: number;
  readonly #startedMs: number;
  readonly #times: number[] = [];
  #done = 0;
  #shownMs = -Infinity;

  constructor(total: number, screen: ProgressScreen) {
    this.#screen = screen;
    this.#total = total;
    this.#startedMs = screen.now();
  }

  /** One more is done. */
  step(): void {
    const now = this.#screen.now();
    this.#done++;
    this.#times.push(now);
    if (this.#times.length > NEWEST) this.#times.shift();
    if (now - this.#shownMs < (this.#screen.isTerminal ? REDRAW_MS : LINE_MS)) return;
    this.#show(now);
  }

  /** Shows where it ended. */
  finish(): void {
    if (this.#total > 0) this.#show(this.#screen.now());
    if (this.#screen.isTerminal) this.#screen.write("\n");
  }

  #show(now: number): void {
    this.#shownMs = now;
    const share = this.#total === 0 ? 1 : this.#done / this.#total;
    const rate = this.#rate(now);
    const left = rate > 0 ? duration((this.#total - this.#done) / rate) : "unknown";
    const text = `${Math.floor(share * 100)}%  ${this.#done}/${this.#total} requests  ` +
      `${rate.toFixed(1)}/s  ${left} left`;
    if (!this.#screen.isTerminal) return this.#screen.write(`${text}\n`);
    const filled = Math.round(share * BAR_WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
    this.#screen.write(`\r${bar}  ${text}\x1b[K`);
  }

  /** Per second, of the newest ones. */
  #rate(now: number): number {
    const [first = this.#startedMs] = this.#times;
    const since = this.#times.length < NEWEST ? this.#startedMs : first;
    return now > since ? this.#times.length * 1000 / (now - since) : 0;
  }
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.ceil(seconds % 3600 / 60)} min`;
}
