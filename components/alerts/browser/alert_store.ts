import { type Alert, BOUNDS, MAX_ALERTS, readAlert } from "../../../lib/alerts/alert.ts";
import type { AlertProgress } from "../../../lib/alerts/judge.ts";

/** An alert that fired, as it was reported. */
export interface KeptFiring {
  readonly id: string;
  readonly alertId: string;
  readonly product: string;
  readonly text: string;
  /** When it was noticed, epoch milliseconds. */
  readonly noticedMs: number;
  /** The start of the candle that it happened in, epoch seconds. */
  readonly start: number;
}

/** The storage of alerts: a browser's `localStorage`, which may refuse anything at any time. */
export type AlertStorage = Pick<Storage, "getItem" | "setItem">;

export const ALERTS_KEY = "alerts";
export const FIRED_KEY = "alerts.fired";
const PROGRESS_KEY = "alerts.progress";
/** Older ones are forgotten. */
const MAX_FIRINGS = 100;

/** Why `put` did not keep an alert. */
export const NOT_KEPT =
  `It could not be kept: there are ${MAX_ALERTS} alerts already, or this browser keeps nothing.`;

/** An id for a new alert. `randomUUID` exists on secure origins alone. */
export function newAlertId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
}

/**
 * The alerts of this browser, how far each has been judged, and those that fired. Everything is read again each time,
 * since other tabs write as well. What cannot be read is left out. `storage` returns the storage, or throws where there
 * is none.
 */
export class AlertStore {
  readonly #storage: () => AlertStorage;

  constructor(storage: () => AlertStorage) {
    this.#storage = storage;
  }

  alerts(): readonly Alert[] {
    return this.#list(ALERTS_KEY).map(readAlert).filter((alert) => alert !== null).slice(
      0,
      MAX_ALERTS,
    );
  }

  /** Adds an alert, or replaces the one with its id. False if there is no room, or the browser keeps nothing. */
  put(alert: Alert): boolean {
    const alerts = [...this.alerts()];
    const index = alerts.findIndex(({ id }) => id === alert.id);
    if (index === -1 && alerts.length >= MAX_ALERTS) return false;
    if (index === -1) alerts.push(alert);
    else alerts[index] = alert;
    if (!this.#write(ALERTS_KEY, alerts)) return false;
    // A changed condition begins again. Last, since another tab stores progress by what it finds here.
    this.#forgetProgress(alert.id);
    return true;
  }

  /** Turns an alert off or on; what happened before it is turned on does not fire it. */
  turn(id: string, isOn: boolean): void {
    if (isOn) this.#forgetProgress(id);
    this.#write(ALERTS_KEY, this.alerts().map((each) => each.id === id ? { ...each, isOn } : each));
  }

  remove(id: string): void {
    this.#forgetProgress(id);
    this.#write(ALERTS_KEY, this.alerts().filter((alert) => alert.id !== id));
  }

  progress(): ReadonlyMap<string, AlertProgress> {
    const kept = this.#record(PROGRESS_KEY);
    return new Map(
      Object.entries(kept).flatMap(([id, each]) => isProgress(each) ? [[id, each]] : []),
    );
  }

  /** Stores how far `judged` alerts were judged; those that were removed or changed since are forgotten. */
  keepProgress(progress: ReadonlyMap<string, AlertProgress>, judged: readonly Alert[]): void {
    const conditions = conditionsById(judged);
    const now = conditionsById(this.alerts());
    const kept = [...progress].filter(([id]) => now.has(id) && now.get(id) === conditions.get(id));
    this.#write(PROGRESS_KEY, Object.fromEntries(kept));
  }

  /** Newest first. */
  firings(): readonly KeptFiring[] {
    return this.#list(FIRED_KEY).filter(isFiring);
  }

  /** False if the browser keeps nothing. */
  addFiring(firing: KeptFiring): boolean {
    return this.#write(FIRED_KEY, [firing, ...this.firings()].slice(0, MAX_FIRINGS));
  }

  clearFirings(): void {
    this.#write(FIRED_KEY, []);
  }

  #forgetProgress(id: string): void {
    const { [id]: _, ...others } = this.#record(PROGRESS_KEY);
    this.#write(PROGRESS_KEY, others);
  }

  #list(key: string): readonly unknown[] {
    const kept = this.#read(key);
    return Array.isArray(kept) ? kept : [];
  }

  #record(key: string): Readonly<Record<string, unknown>> {
    const kept = this.#read(key);
    return typeof kept === "object" && kept !== null && !Array.isArray(kept) ? { ...kept } : {};
  }

  #read(key: string): unknown {
    try {
      return JSON.parse(this.#storage().getItem(key) ?? "null");
    } catch {
      // Storage is forbidden, or the text is not ours.
      return null;
    }
  }

  #write(key: string, value: unknown): boolean {
    try {
      this.#storage().setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }
}

/** What each alert is judged by, as a text that is the same for the same. */
function conditionsById(alerts: readonly Alert[]): ReadonlyMap<string, string> {
  return new Map(
    alerts.map(({ id, product, condition }) => [id, JSON.stringify([product, condition])]),
  );
}

function isProgress(kept: unknown): kept is AlertProgress {
  if (typeof kept !== "object" || kept === null) return false;
  const numbers = ["start", "high", "low", "close", "volume"] as const;
  const fields: Partial<Record<keyof AlertProgress, unknown>> = kept;
  const { side, fired, isComplete } = fields;
  return numbers.every((name) => typeof fields[name] === "number") &&
    (side === null || typeof side === "boolean") && (fired === null || typeof fired === "number") &&
    typeof isComplete === "boolean";
}

function isFiring(kept: unknown): kept is KeptFiring {
  if (typeof kept !== "object" || kept === null) return false;
  const fields: Partial<Record<keyof KeptFiring, unknown>> = kept;
  return (["id", "alertId", "product", "text"] as const).every((name) =>
    typeof fields[name] === "string"
  ) && isTime(fields.start, 1) && isTime(fields.noticedMs, 1000);
}

/** Whether it is a time that a date can show: a whole number of seconds since 1970, or of such parts of one. */
function isTime(kept: unknown, partsOfSecond: number): boolean {
  return typeof kept === "number" && Number.isInteger(kept) && kept >= 0 &&
    kept <= BOUNDS.time.max * partsOfSecond;
}
