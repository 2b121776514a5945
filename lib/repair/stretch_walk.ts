import { bucketEnd, type EpochSeconds } from "../candles/granularity.ts";
import type { Trade } from "../candles/trade.ts";
import type { ProductId } from "../candles/product.ts";
import { MAX_TRADES } from "../exchange/trade_source.ts";
import type { Stretch } from "./doubtful.ts";
import type { PastParts } from "./past_parts.ts";
import type { PastWriter } from "./past_writer.ts";
import { type ProvenMinutes, TradeRun } from "./trade_run.ts";
import type { Unproven } from "./unproven.ts";

export interface StretchWalkParts {
  readonly productId: ProductId;
  readonly source: PastParts["source"];
  readonly writer: Pick<PastWriter, "keepGap">;
  /** A page that was requested before, ascending, with the run's first trade and some before it; null: none. */
  readonly shown?: readonly Trade[] | null;
  /** The priority of its requests; higher goes first. */
  readonly priority: number;
  /** Stores minutes that a page has proven. `walked`: from them up, all trades were shown. */
  keep(minutes: ProvenMinutes, walked: Stretch, signal: AbortSignal): Promise<void>;
}

const HIDDEN = { kind: "hidden" } as const;
/** Where no trade above a stretch is known, a listing of the last seconds is not used, since it may still lack some. */
const LISTED_MS = 60_000;

/** The walk down through one stretch of a product's past, a page of trades at a time. */
export class StretchWalk {
  readonly #run: TradeRun;
  readonly #from: EpochSeconds;
  readonly #shownFrom: EpochSeconds;
  /** Stretches covered before it last began again, below a second that no page shows whole. */
  readonly #walkedBefore: Stretch[] = [];
  /** The time down from which it has covered all trades since it last began. */
  #top: EpochSeconds;
  #shown: readonly Trade[] | null;
  readonly #listedMs: number;
  #isSound = true;

  /** Nothing older than `oldest` is walked. */
  constructor(start: Unproven, oldest: EpochSeconds, private readonly parts: StretchWalkParts) {
    this.#run = new TradeRun(start);
    this.#top = bucketEnd(start.at, "ONE_MINUTE");
    this.#from = Math.max(start.from, oldest) as EpochSeconds;
    this.#shownFrom = start.shownFrom;
    this.#shown = parts.shown ?? null;
    this.#listedMs = start.tradeId === null ? start.until * 1000 + LISTED_MS : 0;
  }

  /** Minutes that start here or later are built. */
  get until(): EpochSeconds {
    return this.#run.until;
  }

  /** All that it has covered. */
  get walked(): readonly Stretch[] {
    return [...this.#walkedBefore, { from: this.until, until: this.#top }];
  }

  /** Whether all of the stretch is built. */
  get isComplete(): boolean {
    return this.until <= this.#from;
  }

  /** False once trades that it took could not be stored: another walk has to request them again. */
  get isSound(): boolean {
    return this.#isSound;
  }

  /**
   * Takes a page, which it requests unless one was offered, and stores what it proves. Returns whether the walk has
   * ended, possibly because nothing older is shown.
   */
  async page(signal: AbortSignal): Promise<boolean> {
    const { writer, priority, keep } = this.parts;
    const run = this.#run;
    const { until } = run;
    const trades = this.#shown ?? await this.#request(signal);
    this.#shown = null;
    const step = trades === null ? HIDDEN : run.take(trades);
    if (step.kind === "hidden") return true;
    this.#isSound = false;
    if (step.gap !== null) {
      this.#walkedBefore.push({ from: until, until: this.#top });
      this.#top = step.proven?.until ?? run.until;
      await writer.keepGap(step.gap, { priority, signal });
    }
    const { proven } = step;
    if (proven !== null) await keep(proven, { from: proven.from, until: this.#top }, signal);
    this.#isSound = true;
    return this.isComplete;
  }

  async #request(signal: AbortSignal): Promise<readonly Trade[] | null> {
    const { productId, source, priority } = this.parts;
    const { end } = this.#run;
    const range = { start: Math.min(this.#shownFrom, end), end, limit: MAX_TRADES };
    const answer = await source.trades(productId, { ...range, priority, signal });
    const { trades, unreadable, answeredAtMs } = answer;
    // Where rows were left out, consecutive trades are not proven neighbours.
    return unreadable > 0 || answeredAtMs < this.#listedMs ? null : trades;
  }
}
