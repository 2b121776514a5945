import { type Candle, type CandleKey, candleKey } from "../candles/candle.ts";
import {
  containingStart,
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
  LARGER_GRANULARITIES,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { decodeCandle, encodeCandle } from "../candles/wire.ts";
import { FakeAuditStore } from "./fake_audit_store.ts";
import type { GapKeeper, KeptGap } from "./gap_book.ts";
import { candlesAround, candlesBeside } from "./fake_past_store.ts";
import type { CandleRange, KeptCandles } from "./known_candles.ts";
import type { PastWindow } from "./past_candles.ts";
import type { RepairStore } from "./repairs.ts";
import type { Doubt, Known, ProvenStart } from "./restore.ts";

const HOUR = GRANULARITY_SECONDS.ONE_HOUR;

/**
 * For tests: the state that outlives every ingester: the stream of closed candles, the bucket of current ones, and a
 * database that stores what the stream has. Breaches of what a reader of the stream may rely on are recorded.
 */
export class FakeArchive implements RepairStore {
  /** The stream, in order. */
  readonly log: Candle[] = [];
  readonly current = new Map<CandleKey, Candle>();
  readonly openGaps = new Map<string, KeptGap>();
  readonly provenFrom = new Map<ProductId, ProvenStart>();
  /** Breaches that a reader of the stream would see. */
  readonly breaches: string[] = [];
  /** It has no candles, so that nothing is requested for comparisons. */
  readonly audits = new FakeAuditStore();
  databaseDown = false;
  /** Closed candles that the publisher has not delivered yet. */
  pending = () => 0;
  readonly #texts = new Map<string, string>();
  readonly #newest = new Map<string, Candle>();
  readonly #stored = new Map<string, Candle>();
  /** Each product's stored candles, ascending, since the database last took some. */
  readonly #sorted = new Map<ProductId, Candle[]>();
  readonly #kept: CandleRange[] = [];
  #storedTo = 0;

  /** The last state of a candle in the stream. */
  newest(productId: ProductId, granularity: Granularity, start: number): Candle | null {
    return this.#newest.get(`${productId} ${granularity} ${start}`) ?? null;
  }

  /** Every candle in its last state. */
  get candles(): readonly Candle[] {
    return [...this.#newest.values()];
  }

  /** Appends a closed candle to the stream; a stored one of the same revision is not replaced. */
  append(candle: Candle): "kept" | "duplicate" | "conflict" {
    const name = nameOf(candle);
    const messageId = `${name} ${candle.revision}`;
    const text = encodeCandle(candle);
    const before = this.#texts.get(messageId);
    if (before !== undefined) return before === text ? "duplicate" : "conflict";
    const held = this.#newest.get(name);
    if (held?.exact === true && !sameButRevision(held, candle)) {
      this.breaches.push(`exact, then changed: ${text}`);
    }
    if (held !== undefined && candle.revision <= held.revision) {
      this.breaches.push(`revision ${candle.revision} after ${held.revision}: ${text}`);
    }
    this.#texts.set(messageId, text);
    this.#newest.set(name, candle);
    this.log.push(candle);
    return "kept";
  }

  /** The database takes what the stream has. */
  store(): void {
    if (this.databaseDown || this.#storedTo === this.log.length) return;
    for (const candle of this.log.slice(this.#storedTo)) this.#store(candle);
    this.#storedTo = this.log.length;
  }

  #store(candle: Candle): void {
    const held = this.#stored.get(nameOf(candle));
    if (held !== undefined && rank(candle) <= rank(held)) return;
    this.#stored.set(nameOf(candle), candle);
    this.#sorted.delete(candle.productId);
  }

  /** The stream and the database lose what starts from an instant on (epoch seconds); what is current stays. */
  lose(from: number): void {
    const isLost = ({ start }: Candle) => start >= from;
    this.store();
    for (const [id, text] of this.#texts) {
      const candle = decodeCandle(text);
      if (candle !== null && isLost(candle)) this.#texts.delete(id);
    }
    for (const candles of [this.#newest, this.#stored]) {
      for (const [name, candle] of candles) if (isLost(candle)) candles.delete(name);
    }
    this.#sorted.clear();
  }

  /** The database no longer keeps what starts before an instant (epoch seconds). */
  expire(granularity: Granularity, before: number): void {
    this.store();
    for (const [name, candle] of this.#stored) {
      if (candle.granularity === granularity && candle.start < before) this.#stored.delete(name);
    }
    this.#sorted.clear();
  }

  /** What an ingester reads at its start; without the database, only what the bus has. */
  known(productIds: readonly ProductId[]): Known {
    const current = [...this.current.values()];
    if (this.databaseDown) {
      const nothing = { stored: [], isStoredRead: false, provenFrom: new Map(), doubts: [] };
      return { current, tail: this.log, ...nothing };
    }
    const stored = productIds.flatMap((id) => this.#held(id));
    const tail = this.log.slice(this.#storedTo);
    return { current, tail, stored, isStoredRead: true, ...this.past() };
  }

  /** The past by the database. */
  past(): Pick<Known, "provenFrom" | "doubts"> {
    const doubts = [...this.provenFrom.keys()].flatMap((id) => [...this.#doubts(id)]);
    for (const { productId, fromTimeMs, toTimeMs } of this.openGaps.values()) {
      doubts.push({ productId, fromMs: fromTimeMs, toMs: toTimeMs });
    }
    return { provenFrom: new Map(this.provenFrom), doubts };
  }

  readonly gaps: GapKeeper = {
    open: async (gaps) => {
      await this.#reachable();
      for (const gap of gaps) this.openGaps.set(`${gap.productId} ${gap.fromId} ${gap.toId}`, gap);
    },
    close: async ({ productId, fromId, toId }) => {
      await this.#reachable();
      this.openGaps.delete(`${productId} ${fromId} ${toId}`);
    },
    settle: async () => {
      await this.#reachable();
      for (const [name, gap] of this.openGaps) if (this.#runsOn(gap)) this.openGaps.delete(name);
    },
  };

  readonly exchangeCandles: KeptCandles = {
    read: async ({ productId, granularity, start, end }) => {
      await this.#reachable();
      if (!this.#isKept({ productId, granularity, start, end })) return null;
      return this.#of(productId).filter((one) =>
        one.granularity === granularity && one.start >= start && one.start < end
      );
    },
    keep: async (range, candles) => {
      await this.#reachable();
      this.#kept.push(range);
      for (const candle of candles) this.#store(candle);
      return candles.length;
    },
    missing: async (range) => {
      await this.#reachable();
      return this.#isKept(range) ? [] : [range];
    },
  };

  #isKept({ productId, granularity, start, end }: CandleRange): boolean {
    return this.#kept.some((kept) =>
      kept.productId === productId && kept.granularity === granularity &&
      kept.start <= start && kept.end >= end
    );
  }

  isCaughtUp(): Promise<boolean> {
    this.store();
    return Promise.resolve(!this.databaseDown && this.pending() === 0);
  }

  async around(productId: ProductId, from: EpochSeconds, to: EpochSeconds): Promise<Candle[]> {
    await this.#reachable();
    return candlesAround(this.#of(productId), from, to);
  }

  async beside(productId: ProductId, window: PastWindow): Promise<Candle[]> {
    await this.#reachable();
    return candlesBeside(this.#of(productId), window);
  }

  async storePast(candles: readonly Candle[]): Promise<void> {
    await this.#reachable();
    for (const candle of candles) this.#store(candle);
  }

  async rememberProven(productId: ProductId, proven: ProvenStart): Promise<void> {
    await this.#reachable();
    const held = this.provenFrom.get(productId);
    const { from, tradeId } = held === undefined || proven.from < held.from ? proven : held;
    const publishedFrom = held?.publishedFrom ?? proven.publishedFrom;
    const published = publishedFrom === undefined ? {} : { publishedFrom };
    const isEarlier = held !== undefined && proven.from < held.from;
    const hiddenUntilMs = proven.hiddenUntilMs ?? (isEarlier ? 0 : held?.hiddenUntilMs ?? 0);
    this.provenFrom.set(productId, {
      from,
      tradeId: tradeId || null,
      ...published,
      hiddenUntilMs,
    });
  }

  /** The database's state of a candle. */
  stored(productId: ProductId, granularity: Granularity, start: number): Candle | null {
    return this.#stored.get(`${productId} ${granularity} ${start}`) ?? null;
  }

  async #reachable(): Promise<void> {
    await Promise.resolve();
    if (this.databaseDown) throw new Error("the database is down");
  }

  /** A product's stored candles, ascending. */
  #of(productId: ProductId): Candle[] {
    let sorted = this.#sorted.get(productId);
    if (sorted === undefined) {
      sorted = [...this.#stored.values()].filter((candle) => candle.productId === productId)
        .sort((a, b) => a.start - b.start);
      this.#sorted.set(productId, sorted);
    }
    return sorted;
  }

  /** The hours that an aggregator resumes with, and the newest minute before the first of each length. */
  #held(productId: ProductId): Candle[] {
    const candles = this.#of(productId);
    const minutes = candles.filter(({ granularity }) => granularity === "ONE_MINUTE");
    const newest = minutes.at(-1);
    if (newest === undefined) return [];
    const heldFrom = containingStart(newest.start, "ONE_HOUR") - HOUR as EpochSeconds;
    const dayFrom = containingStart(heldFrom, "ONE_DAY");
    const before = LARGER_GRANULARITIES.filter((one) => GRANULARITY_SECONDS[one] >= HOUR)
      .map((granularity) => containingStart(heldFrom, granularity))
      .map((from) => minutes.findLast((one) => one.start < from && one.lastTradeId !== null));
    const held = candles.filter(({ granularity, start }) =>
      start >= (GRANULARITY_SECONDS[granularity] < HOUR ? heldFrom : dayFrom)
    );
    return [...new Set([...before, ...held])].filter((candle) => candle !== undefined)
      .sort((a, b) => a.start - b.start);
  }

  /** Whether the stored minutes' ids are contiguous from before a gap to after it. */
  #runsOn({ productId, fromId, toId }: KeptGap): boolean {
    let last: Candle | null = null;
    for (const minute of this.#of(productId)) {
      const { granularity, exact, firstTradeId, lastTradeId, trades } = minute;
      if (granularity !== "ONE_MINUTE" || firstTradeId === null || lastTradeId === null) continue;
      if (lastTradeId < fromId - 1) continue;
      if (last === null && firstTradeId >= fromId) return false;
      if (!exact && trades !== lastTradeId - firstTradeId + 1) return false;
      const meets = last === null || firstTradeId <= (last.lastTradeId ?? 0) + 1;
      if (!meets && !(exact && last?.exact === true)) return false;
      if (lastTradeId > toId) return true;
      last = minute;
    }
    return false;
  }

  /** Where minutes are not proven, or their ids are not contiguous. */
  *#doubts(productId: ProductId): Generator<Doubt> {
    let last: Candle | null = null;
    for (const minute of this.#of(productId)) {
      const { granularity, start, exact, firstTradeId, trades } = minute;
      if (granularity !== "ONE_MINUTE") continue;
      if (!exact && trades !== null) yield { productId, fromMs: start * 1000, toMs: start * 1000 };
      if (firstTradeId === null) continue;
      if (
        last !== null && firstTradeId > (last.lastTradeId ?? 0) + 1 && !(exact && last.exact)
      ) yield { productId, fromMs: last.start * 1000, toMs: start * 1000 };
      last = minute;
    }
  }
}

function nameOf({ productId, granularity, start }: Candle): string {
  return `${productId} ${granularity} ${start}`;
}

function sameButRevision(a: Candle, b: Candle): boolean {
  return encodeCandle({ ...a, revision: 0 }) === encodeCandle({ ...b, revision: 0 });
}

/** The order among stored states. */
function rank({ exact, revision, trades }: Candle): number {
  return Number(exact) * 1e9 + revision * 2 + Number(trades !== null);
}

/** The key of a candle's current state. */
export function keyOf(candle: Candle): CandleKey {
  return candleKey(candle.productId, candle.granularity);
}
