import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { describeBusError } from "./bus_error.ts";
import type { BusCondition } from "./bus_state.ts";
import { ensureLayout } from "./layout.ts";
import { BackOff } from "../time/back_off.ts";

/** Keeps streams, bucket and consumer in place, also over servers that lose their files. Owned by the bus. */
export class LayoutKeeper {
  readonly #told = new Set<string>();
  #ensuring: Promise<void> | null = null;

  constructor(
    private readonly manager: JetStreamManager,
    private readonly client: JetStreamClient,
    private readonly condition: BusCondition,
    private readonly replicas: number,
    private readonly complain: (line: string) => void,
    private readonly signal: AbortSignal,
  ) {
    let connected = condition.connected;
    condition.onState(() => {
      if (condition.connected && !connected) void this.ensure();
      connected = condition.connected;
    });
  }

  /** Makes sure of them, trying until it succeeds or the connection is lost. Never throws. */
  ensure(): Promise<void> {
    this.#ensuring ??= this.#ensure().finally(() => this.#ensuring = null);
    return this.#ensuring;
  }

  /** Resolves when nothing is being done. */
  async settled(): Promise<void> {
    await this.#ensuring;
  }

  async #ensure(): Promise<void> {
    const backOff = new BackOff(200, 5_000);
    while (!this.signal.aborted && this.condition.connected) {
      try {
        await ensureLayout(this.manager, this.client, this.replicas, (line) => this.#tell(line));
        this.condition.trouble("layout", null);
        return;
      } catch (error) {
        if (this.signal.aborted || !this.condition.connected) return;
        this.condition.trouble("layout", describeBusError(error));
        await backOff.wait(this.signal);
      }
    }
  }

  /** Once each, however often the server comes back. */
  #tell(line: string): void {
    if (this.#told.has(line)) return;
    this.#told.add(line);
    this.complain(line);
  }
}
