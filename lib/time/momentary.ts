import type { Clock } from "./clock.ts";

/** A value that all who ask at one moment share, and that is made again when it is older than that. */
export class Momentary<T> {
  #held: { readonly value: T; readonly at: number } | null = null;

  constructor(
    private readonly make: () => T,
    /** Milliseconds that it is good for. */
    private readonly momentMs: number,
    private readonly clock: Pick<Clock, "now">,
  ) {}

  get(): T {
    const at = this.clock.now();
    if (this.#held === null || at - this.#held.at >= this.momentMs) {
      this.#held = { value: this.make(), at };
    }
    return this.#held.value;
  }
}
