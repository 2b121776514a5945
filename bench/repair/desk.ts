import type postgres from "postgres";
import type { ExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { CandleWatch } from "./candle_watch.ts";
import type { RequestCounts, RequestLog } from "./request_log.ts";
import { LiveCandles, type Wholeness } from "./live_candles.ts";

/** An app's progress since its phase began. */
export interface Look {
  /** The exchange's time when the feed came, epoch seconds; null: it has not. */
  readonly feedAt: number | null;
  /** Exchange seconds since then. */
  readonly sinceFeed: number;
  /** Exchange seconds without a feed before. */
  readonly away: number;
  readonly fewestPages: number;
  readonly requests: RequestCounts;
  readonly live: Readonly<Record<string, Wholeness>>;
}

/**
 * The number of a stretch's minutes with trades, the number of them that are stored exact and
 * right, and the pages they fill.
 */
export interface StretchLook {
  readonly minutes: number;
  readonly exact: number;
  readonly fewestPages: number;
}

interface Stretch {
  /** `{product} {start}` → first and last id and number of trades. */
  readonly minutes: ReadonlyMap<string, string>;
  readonly fewestPages: number;
}

/** The figures of an app's repair that only the exchange knows. */
export class RepairDesk {
  readonly #simulator: ExchangeSimulator;
  readonly #log: RequestLog;
  readonly #snapshotTrades: number;
  #watch: CandleWatch | null = null;
  #live: LiveCandles | null = null;
  #before: LiveCandles | null = null;
  #beganAt = 0;
  #stretch: { readonly key: string; readonly stretch: Stretch } | null = null;

  constructor(simulator: ExchangeSimulator, log: RequestLog, snapshotTrades: number) {
    this.#simulator = simulator;
    this.#log = log;
    this.#snapshotTrades = snapshotTrades;
  }

  /** An app is about to start at `appUrl`; if it ran before, it ended just now. */
  begin(appUrl: string, ranBefore: boolean): void {
    const now = this.#simulator.now() / 1000;
    this.#watch?.close();
    this.#watch = new CandleWatch(appUrl);
    this.#live = null;
    this.#before = ranBefore ? new LiveCandles(this.#simulator, now) : null;
    this.#beganAt = now;
    // Of the live minute the app keeps at most an earlier state.
    const keptUntil = Math.floor(now / 60) * 60;
    this.#log.begin(this.#simulator.truth, this.#simulator.products, keptUntil);
  }

  look(): Look {
    const feedAt = this.#log.feedAt;
    const live = feedAt === null ? null : this.#live ??= new LiveCandles(this.#simulator, feedAt);
    return {
      feedAt,
      sinceFeed: feedAt === null ? 0 : this.#simulator.now() / 1000 - feedAt,
      away: (feedAt ?? this.#beganAt) - this.#beganAt,
      fewestPages: live?.fewestPages(this.#snapshotTrades, this.#before) ?? 0,
      requests: { ...this.#log.counts },
      live: this.#watch === null ? {} : live?.wholeness(this.#watch) ?? {},
    };
  }

  /** Looks at a stretch of minutes in a database; epoch seconds, whole minutes. */
  async stretch(sql: postgres.Sql, from: number, to: number): Promise<StretchLook> {
    const { minutes, fewestPages } = this.#expected(from, to);
    const rows = await sql<{ name: string; ids: string }[]>`
      SELECT product_id || ' ' || extract(epoch FROM start)::bigint AS name,
        first_trade_id || ' ' || last_trade_id || ' ' || trades AS ids
      FROM candles WHERE granularity = 'ONE_MINUTE' AND exact
        AND start >= to_timestamp(${from}::bigint) AND start < to_timestamp(${to}::bigint)`;
    const exact = rows.filter(({ name, ids }) => minutes.get(name) === ids).length;
    return { minutes: minutes.size, exact, fewestPages };
  }

  /** A stretch that is over never changes. */
  #expected(from: number, to: number): Stretch {
    const key = `${from} ${to}`;
    if (this.#stretch?.key === key) return this.#stretch.stretch;
    const minutes = new Map<string, string>();
    let fewestPages = 0;
    for (const id of this.#simulator.products) {
      let all = 0;
      for (const candle of this.#simulator.truth.candles(id, 60, from, to)) {
        const { start, firstTradeId, lastTradeId, trades } = candle;
        minutes.set(`${id} ${start}`, `${firstTradeId} ${lastTradeId} ${trades}`);
        all += trades;
      }
      fewestPages += Math.ceil(all / 999);
    }
    this.#stretch = { key, stretch: { minutes, fewestPages } };
    return this.#stretch.stretch;
  }
}
