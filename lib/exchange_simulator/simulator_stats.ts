/** A subscribe or unsubscribe message as it came in, for tests of what a client sends. */
export interface SeenRequest {
  readonly connection: number;
  readonly type: string;
  readonly channel: string;
  readonly productIds: readonly string[];
  readonly jwt: string | null;
}

const KEPT_REQUESTS = 1000;

/** What the simulator has done so far; counters only rise. */
export class SimulatorStats {
  connectionsOpened = 0;
  connectionsRefused = 0;
  framesSent = 0;
  charactersSent = 0;
  tradesSent = 0;
  heartbeatsSent = 0;
  readonly restByStatus: Record<string, number> = {};
  /** Most REST requests within any real second. */
  restHighestPerSecond = 0;
  /** How often each fault really happened, by its name. */
  readonly faults: Record<string, number> = {};
  /** The newest 1000 requests over WebSocket. */
  readonly requests: SeenRequest[] = [];
  #restTimes: number[] = [];

  fault(name: string, times = 1): void {
    this.faults[name] = (this.faults[name] ?? 0) + times;
  }

  /** Counts a REST request that came at `nowMs` (any steady clock). */
  restRequest(nowMs: number): void {
    this.#restTimes = this.#restTimes.filter((time) => time > nowMs - 1000);
    this.#restTimes.push(nowMs);
    this.restHighestPerSecond = Math.max(this.restHighestPerSecond, this.#restTimes.length);
  }

  rest(status: number): void {
    this.restByStatus[status] = (this.restByStatus[status] ?? 0) + 1;
  }

  request(seen: SeenRequest): void {
    if (this.requests.length >= KEPT_REQUESTS) this.requests.shift();
    this.requests.push(seen);
  }
}
