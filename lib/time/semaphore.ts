import { Fifo } from "./fifo.ts";

/** A bounded number of permits; callers wait in order of arrival when none is free. */
export class Semaphore {
  #free: number;
  readonly #waiting = new Fifo<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `work` once a permit is free and gives the permit back after it, however it ends. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.add(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.take();
      if (next === null) this.#free++;
      else next();
    }
  }
}
