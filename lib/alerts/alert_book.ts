import type { Granularity } from "../candles/granularity.ts";
import type { Alert } from "./alert.ts";
import type { AlertCandle } from "./candle.ts";
import { type AlertProgress, granularityOf, judge, pastLength } from "./judge.ts";

/** An alert that has fired. */
export interface Firing {
  readonly alert: Alert;
  /** The price, volume or index at which it did. */
  readonly at: number;
  /** The start of the candle in which it did, epoch seconds. */
  readonly start: number;
}

/** The candles of one product and granularity that alerts need, with the number of closed ones before the newest. */
export interface NeededCandles {
  readonly product: string;
  readonly granularity: Granularity;
  readonly length: number;
}

/** Callbacks of its owner. */
export interface AlertBookEvents {
  /** Called before `onFired`, so that it can be kept first. */
  onProgress(alert: Alert, progress: AlertProgress): void;
  onFired(firing: Firing): void;
}

interface Key {
  readonly needed: NeededCandles;
  readonly alerts: Alert[];
  /** Closed candles, ascending; null until the history was read. */
  past: AlertCandle[] | null;
  /** What came before the history did. */
  readonly waiting: AlertCandle[];
}

/** Most states of one key that wait for its history; later ones will be in the history. */
const MAX_WAITING = 5_000;

/**
 * Judges a set of alerts by the candles that it is given: each key's history once, then every change. Does no I/O and
 * reads no clock.
 */
export class AlertBook {
  readonly #keys = new Map<string, Key>();
  readonly #progress: Map<string, AlertProgress>;
  readonly #events: AlertBookEvents;

  /** `progress`: how far each alert, by its id, was judged before. */
  constructor(
    alerts: readonly Alert[],
    progress: ReadonlyMap<string, AlertProgress>,
    events: AlertBookEvents,
  ) {
    this.#progress = new Map(progress);
    this.#events = events;
    for (const alert of alerts) {
      if (!alert.isOn) continue;
      const { product } = alert;
      const granularity = granularityOf(alert);
      const length = pastLength(alert.condition);
      const name = nameOf(product, granularity);
      const known = this.#keys.get(name);
      this.#keys.set(name, {
        needed: { product, granularity, length: Math.max(length, known?.needed.length ?? 0) },
        alerts: [...known?.alerts ?? [], alert],
        past: null,
        waiting: [],
      });
    }
  }

  /** Whose candles are needed. */
  get needed(): readonly NeededCandles[] {
    return [...this.#keys.values()].map(({ needed }) => needed);
  }

  /** The oldest candle by whose state an alert of a key was last judged: its start, epoch seconds; null if none was. */
  judgedSince(product: string, granularity: string): number | null {
    const alerts = this.#keys.get(nameOf(product, granularity))?.alerts ?? [];
    const starts = alerts.flatMap(({ id }) => this.#progress.get(id)?.start ?? []);
    return starts.length === 0 ? null : Math.min(...starts);
  }

  /**
   * A key's newest candles, ascending, the live one included: at the beginning, and again after candles may have been
   * missed. Alerts that were judged before continue where they were, if the candles reach back so far; others begin.
   */
  begin(product: string, granularity: string, candles: readonly AlertCandle[]): void {
    const key = this.#keys.get(nameOf(product, granularity));
    if (key === undefined) return;
    const past: AlertCandle[] = [];
    const first = candles[0]?.timestamp ?? Infinity;
    const newest = candles.findLast(({ is_complete }) =>
      granularity === "ONE_MINUTE" || is_complete
    );
    for (const candle of candles) {
      for (const alert of [...key.alerts]) {
        const known = this.#progress.get(alert.id);
        const reaches = known !== undefined && known.start >= first;
        if (reaches || candle === newest) this.#judge(alert, reaches ? known : null, candle, past);
      }
      if (candle.is_complete) past.push(candle);
    }
    key.past = past;
    for (const candle of key.waiting.splice(0)) this.take(candle);
  }

  /** One more state of a candle. */
  take(candle: AlertCandle): void {
    const key = this.#keys.get(nameOf(candle.product_id, candle.granularity));
    if (key === undefined) return;
    if (key.past === null) {
      if (key.waiting.length < MAX_WAITING) key.waiting.push(candle);
      return;
    }
    for (const alert of [...key.alerts]) {
      this.#judge(alert, this.#progress.get(alert.id) ?? null, candle, key.past);
    }
    if (candle.is_complete) remember(key.past, candle, key.needed.length + 1);
  }

  /** Candles of a key may have been missed: what comes waits until `begin` is called again. */
  doubt(product: string, granularity: string): void {
    const key = this.#keys.get(nameOf(product, granularity));
    if (key !== undefined) key.past = null;
  }

  #judge(
    alert: Alert,
    known: AlertProgress | null,
    candle: AlertCandle,
    past: readonly AlertCandle[],
  ): void {
    const before = past.at(-1)?.timestamp === candle.timestamp ? past.slice(0, -1) : past;
    const judged = judge(alert.condition, known, candle, before);
    if (judged === null) return;
    const { progress, at } = judged;
    this.#progress.set(alert.id, progress);
    this.#events.onProgress(alert, progress);
    if (at === null) return;
    if (!alert.repeats) this.#drop(alert);
    this.#events.onFired({ alert, at, start: candle.timestamp });
  }

  #drop(alert: Alert): void {
    const key = this.#keys.get(nameOf(alert.product, granularityOf(alert)));
    const index = key?.alerts.indexOf(alert) ?? -1;
    if (index !== -1) key?.alerts.splice(index, 1);
  }
}

function remember(past: AlertCandle[], candle: AlertCandle, length: number): void {
  const index = past.findLastIndex(({ timestamp }) => timestamp <= candle.timestamp);
  if (past[index]?.timestamp === candle.timestamp) past[index] = candle;
  else past.splice(index + 1, 0, candle);
  if (past.length > length) past.splice(0, past.length - length);
}

function nameOf(product: string, granularity: string): string {
  return `${product} ${granularity}`;
}
