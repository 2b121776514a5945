import type { PageConnection } from "./connection.ts";

/** Callbacks of a page's islands for its stream. */
export interface StreamListener {
  /** A candle in the wire's JSON, unparsed: each listener reads what it needs. */
  candle(text: string): void;
  /** The server could not resume: candles in between may be missing, so history has to be read again. */
  reset?(): void;
}

/** Silence after which the page checks whether the server still has its feed. */
const QUIET_MS = 15_000;
/** The check's timeout: a server that hangs accepts connections and never answers. */
const CHECK_MS = 5000;
/** A connection that brings nothing for this long may be dead without anyone having closed it, and is replaced. */
const SILENT_MS = 45_000;
/** A lost connection is shown as stale after this long. */
const LOST_MS = 10_000;
const LONGEST_RETRY_MS = 30_000;
const LAST_EVENT_ID = /&last_event_id=(\d+)$/;

/**
 * One EventSource for any number of listeners: the first one opens it, and it closes when the last
 * one leaves. It reconnects automatically, resumes where it was, and reports its state. It begins
 * at `last_event_id` of its URL, where the page's history ends. Without one, candles that closed
 * before its first event may be missing from that history, so listeners with a history get `reset`
 * and read it again.
 */
export class CandleStream {
  readonly #url: string;
  /** The URL without an id. */
  readonly #wish: string;
  /** Only pages with a history need what was missed; for prices the snapshot suffices. */
  readonly #resumes: boolean;
  readonly #notify: (connection: PageConnection) => void;
  #now: PageConnection = { state: "idle", dataAtMs: null };
  readonly #listeners = new Set<StreamListener>();
  #source: EventSource | null = null;
  #lastId: string;
  /** Whether anything came yet. */
  #hasBegun = false;
  /** Whether the connection began without an id, so that candles before its first event may be missing. */
  #isUnsure = false;
  #lostAtMs: number | null = null;
  #failures = 0;
  #checkedAtMs = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(url: string, notify: (connection: PageConnection) => void) {
    this.#url = url;
    this.#wish = url.replace(LAST_EVENT_ID, "");
    this.#lastId = LAST_EVENT_ID.exec(url)?.[1] ?? "";
    this.#resumes = this.#lastId !== "";
    this.#notify = notify;
  }

  get url(): string {
    return this.#url;
  }

  add(listener: StreamListener): void {
    this.#listeners.add(listener);
    // Only the other listeners have what came before.
    if (this.#hasBegun) listener.reset?.();
    if (this.#listeners.size > 1) return;
    this.#report("connecting", Date.now());
    if (!document.hidden) this.#open();
    this.#watch = setInterval(() => this.#look(), 1000);
    addEventListener("pagehide", this.#release);
    addEventListener("pageshow", this.#resume);
    document.addEventListener("visibilitychange", this.#visibility);
  }

  /** Whether that was the last listener. */
  remove(listener: StreamListener): boolean {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return false;
    this.#release();
    clearInterval(this.#watch);
    removeEventListener("pagehide", this.#release);
    removeEventListener("pageshow", this.#resume);
    document.removeEventListener("visibilitychange", this.#visibility);
    return true;
  }

  #open(): void {
    const from = this.#resumes ? `&last_event_id=${this.#lastId}` : "";
    const source = new EventSource(this.#wish + from);
    this.#source = source;
    this.#isUnsure = !this.#resumes;
    source.addEventListener("open", () => {
      this.#failures = 0;
      this.#lostAtMs = null;
      this.#checkedAtMs = Date.now();
      this.#report("live");
    });
    source.addEventListener("candle", (event) => this.#receive(event));
    source.addEventListener("reset", (event) => {
      if (event.lastEventId !== "") this.#lastId = event.lastEventId;
      this.#reset();
    });
    source.addEventListener("error", () => this.#lose(source));
  }

  #receive(event: MessageEvent): void {
    this.#report("live", Date.now());
    if (this.#isUnsure) this.#reset();
    this.#hasBegun = true;
    if (event.lastEventId !== "") this.#lastId = event.lastEventId;
    for (const listener of this.#listeners) listener.candle(String(event.data));
  }

  #reset(): void {
    this.#hasBegun = true;
    this.#isUnsure = false;
    for (const listener of this.#listeners) listener.reset?.();
  }

  #lose(source: EventSource): void {
    this.#lostAtMs ??= Date.now();
    if (this.#now.state !== "stale") this.#report("reconnecting");
    // After a refusal (503, 429) an EventSource does not reconnect, so this code does.
    if (source.readyState !== EventSource.CLOSED || this.#source !== source) return;
    this.#source = null;
    const delayMs = Math.min(LONGEST_RETRY_MS, 1000 * 2 ** this.#failures++);
    this.#retry = setTimeout(() => this.#open(), delayMs * (0.5 + Math.random() / 2));
  }

  /** Once a second: marks a lost connection as stale, and checks the server after silence, lost or not. */
  #look(): void {
    if (document.hidden) return;
    const nowMs = Date.now();
    if (this.#lostAtMs !== null && nowMs - this.#lostAtMs > LOST_MS) this.#report("stale");
    const quietSinceMs = Math.max(this.#checkedAtMs, this.#now.dataAtMs ?? 0);
    if (this.#source !== null && nowMs - quietSinceMs > QUIET_MS) {
      this.#checkedAtMs = nowMs;
      this.#checkServer();
    }
  }

  /** From here a quiet market and a dead feed look the same, so the server is checked. */
  async #checkServer(): Promise<void> {
    const ready = await fetch(this.#url.replace(/\/stream\?.*/, "/readyz"), {
      cache: "no-store",
      signal: AbortSignal.timeout(CHECK_MS),
    }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (this.#source === null) return;
    if (this.#lostAtMs === null) this.#report(ready ? "live" : "stale");
    // A lost one is replaced as well: the browser may try to connect again over one that is dead, for hours. While the
    // server has no feed, another connection would bring nothing either.
    if (!ready || Date.now() - (this.#now.dataAtMs ?? 0) < SILENT_MS) return;
    this.#release();
    this.#open();
  }

  #report(state: PageConnection["state"], dataAtMs = this.#now.dataAtMs): void {
    this.#now = { state, dataAtMs };
    this.#notify(this.#now);
  }

  // An open connection would also keep the page out of the back/forward cache.
  #release = (): void => {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  };

  #resume = (): void => {
    if (this.#source !== null || document.hidden) return;
    clearTimeout(this.#retry);
    this.#lostAtMs = null;
    this.#report("reconnecting");
    this.#open();
  };

  /**
   * A browser allows six connections to a host over HTTP/1.1: with a hidden page on each the seventh would never load.
   * So a hidden page closes its own immediately, and resumes where it was when it is shown.
   */
  #visibility = (): void => {
    if (document.hidden) this.#release();
    else this.#resume();
  };
}
