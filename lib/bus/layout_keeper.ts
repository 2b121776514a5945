import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { BusError, describeBusError } from "./bus_error.ts";
import type { BusCondition } from "./bus_state.ts";
import { ensureLayout, hasLayout } from "./layout.ts";
import type { LayoutSettings } from "./layout_settings.ts";
import { BackOff } from "../time/back_off.ts";
import { pause } from "../time/pause.ts";
import { describeOldServer } from "./server_version.ts";

/** How often it checks whether something was deleted. */
const LOOK_EVERY_MS = 5_000;

/** Keeps streams, bucket and consumer in existence, even if a server loses its files. Owned by the bus. */
export class LayoutKeeper {
  readonly #logged = new Set<string>();
  readonly #watching: Promise<void>;
  #ensuring: Promise<void> | null = null;
  #wasThere = false;

  constructor(
    private readonly manager: JetStreamManager,
    private readonly client: JetStreamClient,
    private readonly condition: BusCondition,
    private readonly settings: LayoutSettings,
    /** Of the server connected now. */
    private readonly serverVersion: () => string | undefined,
    private readonly complain: (line: string) => void,
    private readonly signal: AbortSignal,
  ) {
    let connected = condition.connected;
    condition.onState(() => {
      if (condition.connected && !connected) void this.ensure();
      connected = condition.connected;
    });
    this.#watching = this.#watch();
  }

  /**
   * Ensures that they exist, retrying until it succeeds or the connection is lost. Never throws.
   */
  ensure(): Promise<void> {
    this.#ensuring ??= this.#ensure().finally(() => this.#ensuring = null);
    return this.#ensuring;
  }

  /** Resolves when nothing is being done. */
  async settled(): Promise<void> {
    await this.#ensuring;
    await this.#watching;
  }

  /** Creates again what is deleted while everything runs. */
  async #watch(): Promise<void> {
    for (;;) {
      await pause(LOOK_EVERY_MS, this.signal);
      if (this.signal.aborted) return;
      if (!this.condition.connected || this.#ensuring !== null) continue;
      // Whether JetStream answers is reported elsewhere.
      if (await hasLayout(this.manager).catch(() => true)) continue;
      this.complain("a stream, a bucket or the consumer `store` was deleted and is created again");
      await this.ensure();
    }
  }

  async #ensure(): Promise<void> {
    const backOff = new BackOff(200, 5_000);
    while (!this.signal.aborted && this.condition.connected) {
      try {
        const tooOld = describeOldServer(this.serverVersion());
        if (tooOld !== null) throw new BusError(tooOld);
        await ensureLayout(this.manager, this.client, this.settings, (line) => this.#logOnce(line));
        this.condition.unusable(null);
        this.condition.trouble("layout", null);
        this.#wasThere = true;
        return;
      } catch (error) {
        if (this.signal.aborted || !this.condition.connected) return;
        const reason = describeBusError(error);
        // Without its stream a bus cannot publish anything: that is more than a passing trouble.
        if (error instanceof BusError || !this.#wasThere) this.condition.unusable(reason);
        else this.condition.trouble("layout", reason);
        await backOff.wait(this.signal);
      }
    }
  }

  /** Logs each line once, however often the server reconnects. */
  #logOnce(line: string): void {
    if (this.#logged.has(line)) return;
    this.#logged.add(line);
    this.complain(line);
  }
}
