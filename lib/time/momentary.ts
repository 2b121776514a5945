import type { Clock } from "./clock.ts";

/** A value computed on demand and shared by all callers until it is `momentMs` old. */
export class Momentary<T> {
  #held: { readonly value: T; readonly at: number } | null = null;

  constructor(
    private readonly make: () => T,
    /** How long a value is used, in milliseconds. */
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
