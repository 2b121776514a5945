const RATES = {
  /** Frames that never arrive; their sequence number is used up. */
  dropFrame: 0,
  duplicateFrame: 0,
  /** Frames that arrive after their successor. */
  reorderFrame: 0,
  /** Frames that arrive `delayMs` late, while others are sent. */
  delayFrame: 0,
  /** Frames cut off in the middle. */
  truncateFrame: 0,
  /** Extra frames of nonsense before a real one. */
  garbageFrame: 0,
  /** Batches sent as several frames. */
  splitBatch: 0,
  /** Batches kept back and sent with the next one. */
  mergeBatch: 0,
  /** Batches whose trades come in random order. */
  shuffleTrades: 0,
  /** Batches that carry a trade of a product the connection did not subscribe to. */
  unsubscribedTrade: 0,
  /** Trades sent with a broken field (the truth and REST keep the right one). */
  corruptTrade: 0,
  /** Trades sent with a time far ahead or behind (the truth and REST keep the right one). */
  wrongTime: 0,
  /** Trades after which some ids never exist, on REST neither. */
  skipTradeId: 0,
  /** Batches instead of which the connection is closed; the batch is lost. */
  cutConnection: 0,
  missingSnapshot: 0,
  /** Snapshots that come `snapshotDelayMs` late. */
  lateSnapshot: 0,
  /** Heartbeats with an ISO time and a numeric counter. */
  oddHeartbeat: 0,
  /** REST requests answered with 429 and `retry-after: 1`. */
  rest429: 0,
  rest500: 0,
  /** REST requests answered with an HTML page and status 403, as a firewall does. */
  rest403: 0,
  /** REST requests answered with an HTML page and status 502. */
  restHtml: 0,
  /** REST requests that are not answered for `restHangMs`. */
  restHang: 0,
  /** REST answers cut off in the middle, with status 200. */
  restTruncated: 0,
  /** REST answers that take `restSlowMs`. */
  restSlow: 0,
};

const DURATIONS = {
  delayMs: 500,
  snapshotDelayMs: 2000,
  restHangMs: 60_000,
  restSlowMs: 1000,
};

/** Names of faults with a probability in [0, 1] each, and durations in milliseconds. */
export type FaultRates = typeof RATES & typeof DURATIONS;

/** The current faults; changed while running, read at every decision. */
export class FaultSettings {
  rates: FaultRates = { ...RATES, ...DURATIONS };

  /** Changes some; the others stay. Throws a RangeError that names an unknown or bad one. */
  set(changes: Partial<FaultRates>): void {
    for (const [name, value] of Object.entries(changes)) {
      if (!(name in this.rates)) throw new RangeError(`there is no fault named ${name}`);
      const limit = name in RATES ? 1 : Infinity;
      if (typeof value !== "number" || !(value >= 0 && value <= limit)) {
        throw new RangeError(`${name} must be a number from 0 to ${limit}, not ${value}`);
      }
    }
    this.rates = { ...this.rates, ...changes };
  }

  clear(): void {
    this.rates = { ...RATES, ...DURATIONS };
  }
}
