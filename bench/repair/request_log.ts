import type { Truth } from "../../lib/exchange_simulator/mod.ts";
import { KnownIds } from "./known_ids.ts";

/** REST requests since a phase began. */
export interface RequestCounts {
  /** Pages of trades of the present day. */
  readonly pages: number;
  /** Those of them that were to show the newest trade: whether a candle's end is proven. */
  readonly ends: number;
  /** Of all others, those that held no trade the app did not know. */
  readonly nothingNew: number;
  /** Pages of trades of the days before. */
  readonly past: number;
  /** Candles from before the first trade that the app knows. */
  readonly candles: number;
  /** Candles of trades that the app knows, which it compares in idle moments. */
  readonly compared: number;
  readonly others: number;
}

const NOTHING = { pages: 0, ends: 0, nothingNew: 0, past: 0, candles: 0, compared: 0, others: 0 };
const DAY_MS = 86_400_000;
const NEWEST_TIME = /"time":"([^"]+)"/;
const CANDLES = /\/([^/]+)\/candles\?(.+)$/;
const TRADE = /"trade_id":"(\d+)","product_id":"([^"]+)"/g;

/** What an app was sent and what it requested, from the simulator's frames and answers. */
export class RequestLog {
  readonly #known = new Map<string, KnownIds>();
  #counts = { ...NOTHING };
  #truth: Truth | null = null;
  #dayStartMs = 0;
  /** The exchange's time when the feed first brought trades in this phase, epoch seconds; null: not yet. */
  feedAt: number | null = null;

  get counts(): RequestCounts {
    return this.#counts;
  }

  /** Begins a phase: an app starts, and remembers nothing from `keptUntil` (epoch seconds) on. */
  begin(truth: Truth, products: readonly string[], keptUntil: number): void {
    this.#counts = { ...NOTHING };
    this.#dayStartMs = Math.floor(keptUntil * 1000 / DAY_MS) * DAY_MS;
    this.feedAt = null;
    this.#truth = truth;
    for (const id of products) {
      for (const { tradeId } of truth.trades(id, { from: keptUntil })) {
        this.#known.get(id)?.forgetFrom(Number(tradeId));
        break;
      }
    }
  }

  /** A text of the feed, sent at `nowSeconds` of the exchange's time. */
  frame(text: string, nowSeconds: number): void {
    if (!text.includes(`"market_trades"`)) return;
    this.feedAt ??= nowSeconds;
    this.#learn(text);
  }

  answer(path: string, text: string): void {
    const [, id, query] = CANDLES.exec(path) ?? [];
    if (id !== undefined) {
      const from = Number(new URLSearchParams(query).get("start"));
      this.#counts[this.#isKnown(id, from) ? "compared" : "candles"]++;
    } else if (path.includes("/ticker")) {
      const isNew = this.#learn(text) > 0;
      const newestMs = Date.parse(NEWEST_TIME.exec(text)?.[1] ?? "");
      if (newestMs < this.#dayStartMs) {
        this.#counts.past++;
      } else {
        this.#counts.pages++;
        if (!path.includes("end=")) this.#counts.ends++;
        else if (!isNew) this.#counts.nothingNew++;
      }
    } else {
      this.#counts.others++;
    }
  }

  /** Whether the app knows the first trade of a product from an instant on (epoch seconds). */
  #isKnown(productId: string, from: number): boolean {
    const known = this.#known.get(productId);
    for (const { tradeId } of this.#truth?.trades(productId, { from }) ?? []) {
      return known?.has(Number(tradeId)) === true;
    }
    return false;
  }

  /** Trades of a product come side by side, newest first. Answers how many were new. */
  #learn(text: string): number {
    let added = 0;
    let product = "";
    let [newest, oldest] = [0, 0];
    const finish = () => {
      if (product === "") return;
      let known = this.#known.get(product);
      if (!known) this.#known.set(product, known = new KnownIds());
      added += known.add(oldest, newest);
    };
    for (const [, digits, id = ""] of text.matchAll(TRADE)) {
      const tradeId = Number(digits);
      if (id !== product || tradeId !== oldest - 1) {
        finish();
        product = id;
        newest = tradeId;
      }
      oldest = tradeId;
    }
    finish();
    return added;
  }
}
