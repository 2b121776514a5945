/**
 * `connecting`: no server reached so far. `up`. `degraded`: connected, but JetStream refuses or does not
 * answer. `down`: disconnected, or connected to what cannot be used; being tried again. `closed`: for good.
 */
export interface BusState {
  readonly state: "connecting" | "up" | "degraded" | "down" | "closed";
  /** One line, never with a password; null while up. */
  readonly reason: string | null;
}

/** Collects what the bus' parts have to say into one state. Owned by the bus. */
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

  /** Whether a server is connected, however JetStream fares. */
  get connected(): boolean {
    return this.#connection.state === "up";
  }

  /** What has become of the connection. */
  connection(state: Exclude<BusState["state"], "degraded">, reason: string | null = null): void {
    this.#connection = { state, reason };
    this.#notify();
  }

  /** A part's trouble with JetStream; null when it is over. */
  trouble(part: string, reason: string | null): void {
    if (reason === null) {
      if (!this.#troubles.delete(part)) return;
    } else this.#troubles.set(part, reason);
    this.#notify();
  }

  /** Why candles cannot be kept here at all (too old a server, no JetStream, a limit); null when they can. */
  unusable(reason: string | null): void {
    this.#unusable = reason;
    this.#notify();
  }

  /** Calls back at every change of the state or its reason; the answer ends that. */
  onState(listener: (state: BusState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(): void {
    // The closed candles' publisher knows most: it asks JetStream why.
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
