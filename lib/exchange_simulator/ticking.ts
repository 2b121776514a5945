import type { Exchange } from "./exchange.ts";
import type { ExchangeClock } from "./exchange_clock.ts";
import type { Feed } from "./feed.ts";

/** Connections flush in turns, as on the real exchange where no two are in step. */
const MIN_TURN_MS = 25;
const MAX_TURNS = 10;

export interface TickingOptions {
  readonly batchMs: number;
  readonly manual: boolean;
}

/** What makes the exchange's time pass; `stop` ends it finally. */
export interface Ticking {
  /** Lets this much exchange time pass in one step, batch by batch. */
  advance(ms: number): void;
  stop(): void;
}

/**
 * Makes trades, distributes and sends them, and sends heartbeats as time passes: by a timer, or by
 * `advance` alone.
 */
export function startTicking(
  exchange: Exchange,
  clock: ExchangeClock,
  feed: Feed,
  { batchMs, manual }: TickingOptions,
): Ticking {
  const turns = Math.max(1, Math.min(MAX_TURNS, Math.floor(batchMs / MIN_TURN_MS)));
  let second = Math.floor(clock.nowMicros() / 1e6);
  let turn = 0;

  const step = (isTheirTurn: (id: number) => boolean) => {
    const nowMicros = clock.nowMicros();
    exchange.advanceTo(nowMicros);
    feed.distribute();
    feed.sendLateSnapshots(nowMicros);
    for (const connection of feed.connections) {
      if (isTheirTurn(connection.id)) feed.flush(connection, nowMicros);
    }
    const nowSecond = Math.floor(nowMicros / 1e6);
    if (nowSecond === second) return;
    second = nowSecond;
    feed.beat(nowMicros);
  };

  const advance = (ms: number) => {
    for (let left = ms; left > 0; left -= batchMs) {
      clock.advance(Math.min(left, batchMs));
      step(() => true);
    }
    if (ms === 0) step(() => true);
  };

  const timer = manual ? null : setInterval(() => {
    turn = (turn + 1) % turns;
    step((id) => id % turns === turn);
  }, batchMs / turns);

  return {
    advance,
    stop: () => {
      if (timer !== null) clearInterval(timer);
    },
  };
}
