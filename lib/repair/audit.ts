import { type Candle, candleKey } from "../candles/candle.ts";
import { bucketEnd, type Granularity, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Disagreement, KeptDisagreement } from "../exchange/disagreement.ts";
import { agrees } from "../exchange/exchange_candle.ts";
import type { TradeSource } from "../exchange/trade_source.ts";
import { BackOff } from "../time/back_off.ts";
import type { Clock } from "../time/clock.ts";
import { compareStretch, disagreement } from "./audit_comparison.ts";
import { AuditLedger } from "./audit_ledger.ts";
import { type AuditWindow, comparable, nextWindow, untilNewer } from "./audit_plan.ts";
import type { AuditState } from "./audit_state.ts";
import type { AuditStore } from "./audit_store.ts";
import type { PageSource, PageWork } from "./planner.ts";

export interface AuditParts {
  readonly source: Pick<TradeSource, "candles">;
  readonly store: AuditStore;
  readonly clock: Clock;
  /** Higher is more wanted, 0 to 9. */
  wanted(productId: ProductId): number;
  /** Candles differ from the exchange's, for the first time. */
  onDifferent(found: readonly Disagreement[]): void;
  /** A difference was compared once more. */
  onRechecked(found: KeptDisagreement): void;
  /** The exchange or the database did not answer; it is retried. */
  onProblem(productId: ProductId, error: unknown): void;
}

interface Job {
  /** Jobs of one name share a delay. */
  readonly name: string;
  readonly dueMs: number;
  /** `waits`: it has nothing to compare yet. */
  run(signal: AbortSignal): Promise<"waits" | void>;
}

/** Granularities that are compared with the idle budget; larger candles are merges of these. */
const AUDITED: readonly Granularity[] = ["ONE_MINUTE", "FIVE_MINUTE"];
/** Nothing else waits for a request when one of these is sent. */
const PRIORITY = -10;
/** Back-off where nothing is exact yet, or something failed. */
const RETRY_MS = [30_000, 600_000] as const;
/** How much later a difference is compared once more, since the exchange revises its candles. */
const RECHECK_MS = 3_600_000;
const RECHECK_CANDLES = 300;

/**
 * Compares exact candles with the exchange's own: each one that takes a placeholder's place, and with what is left of
 * the REST budget those of the last day, newest first. Differences are kept, reported, and compared once more; no
 * candle is changed by it. It sends no requests itself: the planner runs what `next` returns.
 */
export class Audit implements PageSource {
  readonly #parts: AuditParts;
  readonly #ledger: AuditLedger;
  /** Jobs that failed, or whose candles were not exact, and when (by the clock) they are retried. */
  readonly #waiting = new Map<string, { readonly untilMs: number; readonly rest: BackOff }>();

  constructor(parts: AuditParts) {
    this.#parts = parts;
    this.#ledger = new AuditLedger(parts.store);
  }

  get state(): AuditState {
    return this.#ledger.state;
  }

  next(productId: ProductId, nowMs: number): PageWork | null {
    const wallMs = this.#parts.clock.wallMs();
    let soonest: PageWork | null = null;
    for (const { name, dueMs, run } of this.#jobs(productId, nowMs, wallMs)) {
      const work: PageWork = {
        class: "audit",
        value: this.#parts.wanted(productId),
        dueMs: Math.max(nowMs, dueMs, this.#waiting.get(name)?.untilMs ?? -Infinity),
        run: (signal) => this.#withBackOff(productId, name, run, signal),
      };
      if (work.dueMs <= nowMs) return work;
      if (soonest === null || work.dueMs < soonest.dueMs) soonest = work;
    }
    return soonest;
  }

  /**
   * Compares a placeholder (the exchange's own candle) with the candle from trades that replaces it, without a request.
   */
  compare(placeholder: Candle, candle: Candle): void {
    if (placeholder.exact || placeholder.trades !== null || !candle.exact) return;
    const isEqual = agrees(placeholder, candle);
    const different = isEqual ? [] : [disagreement(candle, candle, placeholder)];
    this.#take(candle, Number(isEqual), different);
  }

  drop(productId: ProductId): void {
    const keys = AUDITED.map((granularity) => candleKey(productId, granularity));
    const names = [`${productId} again`, ...keys, ...keys.map((key) => `${key} above`)];
    for (const name of names) this.#waiting.delete(name);
    this.#ledger.drop(productId);
  }

  /** Writes what is not stored yet. */
  write(): Promise<void> {
    return this.#ledger.write();
  }

  /** A product's jobs, due or not, the most urgent first. */
  *#jobs(productId: ProductId, nowMs: number, wallMs: number): Iterable<Job> {
    if (!this.#ledger.isRead) {
      yield { name: "read", dueMs: nowMs, run: () => this.#ledger.read() };
      return;
    }
    for (const granularity of AUDITED) {
      const name = candleKey(productId, granularity);
      const audited = this.#ledger.audited(productId, granularity);
      const window = nextWindow(audited, granularity, wallMs);
      if (window !== null) {
        // Newer candles do not wait for older ones that are not exact.
        yield {
          name: window.place === "above" ? `${name} above` : name,
          dueMs: nowMs,
          run: (signal) => this.#compare(productId, granularity, window, signal),
        };
      }
      const newerMs = audited === null ? 0 : untilNewer(audited, wallMs);
      if (newerMs > 0) {
        yield { name: `${name} above`, dueMs: nowMs + newerMs, run: () => Promise.resolve() };
      }
    }
    const [open] = this.#ledger.open(productId);
    if (open === undefined) return;
    yield {
      name: `${productId} again`,
      dueMs: nowMs + open.foundMs + RECHECK_MS - wallMs,
      run: (signal) => this.#recheck(open, signal),
    };
  }

  /** A failed comparison backs off separately, so that it does not delay the product's repairs. */
  async #withBackOff(
    productId: ProductId,
    name: string,
    run: Job["run"],
    signal: AbortSignal,
  ): Promise<void> {
    try {
      if (await run(signal) !== "waits") this.#waiting.delete(name);
      else this.#wait(name);
    } catch (error) {
      signal.throwIfAborted();
      this.#wait(name);
      this.#parts.onProblem(productId, error);
    }
  }

  async #compare(
    productId: ProductId,
    granularity: Granularity,
    window: AuditWindow,
    signal: AbortSignal,
  ): Promise<"waits" | void> {
    const { source, store } = this.#parts;
    const ours = await store.candles(productId, granularity, window.from, window.until);
    const { from, candles } = comparable(ours, window);
    if (!candles.some(({ exact }) => exact)) {
      // A window below the others without candles is done as well.
      if (window.place !== "below" || ours.length > 0) return "waits";
      this.#ledger.extend({ productId, granularity }, window);
      return;
    }
    const urgency = { priority: PRIORITY, signal };
    const exchanges = await source.candles(productId, granularity, from, window.until, urgency);
    const { equal, different } = compareStretch(candles, exchanges);
    this.#ledger.extend({ productId, granularity }, { ...window, from });
    this.#take({ productId, granularity }, equal, different);
    await this.#ledger.write();
    // The window continues once trades have proven more.
    if (from > window.from) return "waits";
  }

  #wait(name: string): void {
    const { clock } = this.#parts;
    const rest = this.#waiting.get(name)?.rest ?? new BackOff(...RETRY_MS, clock);
    this.#waiting.set(name, { untilMs: clock.now() + rest.nextMs(), rest });
  }

  #take(
    key: Pick<Candle, "productId" | "granularity">,
    equal: number,
    different: readonly Disagreement[],
  ): void {
    const news = this.#ledger.take(key, equal, different, this.#parts.clock.wallMs());
    if (news.length > 0) this.#parts.onDifferent(news);
  }

  /** Compares again those that are due and close enough for one request. */
  async #recheck(first: KeptDisagreement, signal: AbortSignal): Promise<void> {
    const { source, clock, onRechecked } = this.#parts;
    const { productId, granularity, start } = first;
    const reach = start + RECHECK_CANDLES * GRANULARITY_SECONDS[granularity];
    const due = this.#ledger.open(productId).filter((one) =>
      one.granularity === granularity && one.start >= start && one.start < reach &&
      one.foundMs + RECHECK_MS <= clock.wallMs()
    );
    const last = due.reduce((latest, one) => one.start > latest.start ? one : latest, first);
    const end = bucketEnd(last.start, granularity);
    const urgency = { priority: PRIORITY, signal };
    const found = await source.candles(productId, granularity, start, end, urgency);
    for (const one of due) {
      const exchange = found.find((candle) => candle.start === one.start) ?? null;
      const isResolved = one.ours === null || exchange === null
        ? one.ours === exchange
        : agrees(one.ours, exchange);
      const { exchanges } = disagreement(one, null, exchange);
      const checked = { ...one, exchanges, state: isResolved ? "resolved" : "confirmed" } as const;
      this.#ledger.settle(checked);
      onRechecked(checked);
    }
    await this.#ledger.write();
  }
}
