/**
 * `connecting`: no server reached so far. `up`. `degraded`: connected, but JetStream refuses or does not answer.
 * `down`: disconnected, or connected to a server that cannot be used; it is retried. `closed`:
 * finally.
 */
export interface BusState {
  readonly state: "connecting" | "up" | "degraded" | "down" | "closed";
  /** One line, never with a password; null while up. */
  readonly reason: string | null;
}

/** Combines what the bus' parts report into one state. Owned by the bus. */
export class BusCondition {
  readonly #listeners = new Set<(state: BusState) => void>();
  readonly #troubles = new Map<string, string>();
  #connection: BusState = { state: "connecting", reason: null };
  #unusable: string | null = null;
  #reported: BusState = this.#connection;

  /** The state as a whole. */
  get current(): BusState {
    return this.#reported;
  }

  /** Whether a server is connected, whatever the state of JetStream. */
  get connected(): boolean {
    return this.#connection.state === "up";
  }

  /** Reports the state of the connection. */
  connection(state: Exclude<BusState["state"], "degraded">, reason: string | null = null): void {
    this.#connection = { state, reason };
    this.#notify();
  }

  /** Reports a part's trouble with JetStream; null when it is over. */
  trouble(part: string, reason: string | null): void {
    if (reason === null) {
      if (!this.#troubles.delete(part)) return;
    } else this.#troubles.set(part, reason);
    this.#notify();
  }

  /** Reports why candles cannot be kept at all (too old a server, no JetStream, a limit); null when they can. */
  unusable(reason: string | null): void {
    this.#unusable = reason;
    this.#notify();
  }

  /**
   * Calls `listener` at every change of the state or its reason; returns a function that stops
   * this.
   */
  onState(listener: (state: BusState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(): void {
    // The closed candles' publisher knows the reason best, since it requests it from JetStream.
    const [any] = this.#troubles.values();
    const trouble = this.#troubles.get("closed candles") ?? any;
    const next: BusState = !this.connected
      ? this.#connection
      : this.#unusable !== null
      ? { state: "down", reason: this.#unusable }
      : trouble !== undefined
      ? { state: "degraded", reason: trouble }
      : this.#connection;
    if (next.state === this.#reported.state && next.reason === this.#reported.reason) return;
    this.#reported = next;
    for (const listener of this.#listeners) listener(next);
  }
}
