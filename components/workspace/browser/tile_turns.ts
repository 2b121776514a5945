/** What a tile does in its turn. It calls `done` when it is live, which may be later. */
export type Turn = (done: () => void) => void;

/**
 * Makes the tiles of a workspace live one after the other, each in a separate task: together they would keep a phone from
 * answering for a quarter of a second. What all of them share starts when none waits any longer.
 */
export class TileTurns {
  readonly #defer: (run: () => void) => void;
  readonly #waiting: Turn[] = [];
  readonly #after = new Set<() => void>();
  #isBusy = false;

  constructor(defer: (run: () => void) => void = (run) => void setTimeout(run)) {
    this.#defer = defer;
  }

  /** Has a tile take its turn. Returns a function that withdraws it, or ends the turn that it has. */
  request(take: Turn): () => void {
    let isGone = false;
    let end: (() => void) | null = null;
    this.#waiting.push((done) => {
      if (isGone) return done();
      end = done;
      take(done);
    });
    this.#soon();
    return () => {
      isGone = true;
      end?.();
    };
  }

  /** Calls `run` when no tile waits for its turn or has it. Returns a function that withdraws it. */
  afterAll(run: () => void): () => void {
    if (this.#isBusy) this.#after.add(run);
    else run();
    return () => void this.#after.delete(run);
  }

  #soon(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#defer(() => this.#next());
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return this.#finish();
    let isDone = false;
    const done = () => {
      if (isDone) return;
      isDone = true;
      this.#defer(() => this.#next());
    };
    try {
      next(done);
    } catch (error) {
      // The other charts are live without this one.
      done();
      throw error;
    }
  }

  #finish(): void {
    this.#isBusy = false;
    const after = [...this.#after];
    this.#after.clear();
    for (const run of after) run();
  }
}
