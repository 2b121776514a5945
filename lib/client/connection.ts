import type { FollowState, Reset } from "../../static/client.d.ts";
import type { Frame } from "./candle_order.ts";
import { EventReader } from "./event_reader.ts";
import { fetchSoon } from "./fetch_soon.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { covers, queryOf, together, wants, type Wish } from "./wish.ts";

/** One follower of a connection. */
export interface Member {
  readonly wish: Wish;
  /** The id after which it begins; null to begin with the current candles. */
  readonly lastEventId: string | null;
  readonly resumes: boolean;
  readonly pausesHidden: boolean;
  take(frame: Frame): void;
  state(state: FollowState, detail?: string): void;
  reset(reset: Reset): void;
}

/** Members that come, or go, together cost one new stream. */
const JOIN_MS = 50;
const LEAVE_MS = 2000;
const RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/** The server sends something every 15 seconds: after three times that the connection is dead. */
const SILENT_MS = 45_000;

const HAS_PAGE = typeof document !== "undefined";

/**
 * One stream of a server for all its followers: it is opened again, from the same id, whenever
 * more is wanted.
 */
export class Connection {
  readonly #members = new Set<Member>();
  /** Members that still need what the open stream does not bring: the current candles, or those after an id. */
  readonly #joining = new Set<Member>();
  /** The newest candle of each key, for members that come later. */
  readonly #newest = new Map<string, Frame>();
  #open: { readonly wish: Wish; readonly stop: AbortController } | null = null;
  #state: FollowState = "connecting";
  #lastId: string | null = null;
  #failures = 0;
  #retryMs = RETRY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #server: string;

  constructor(server: string) {
    this.#server = server;
    if (!HAS_PAGE) return;
    // An open connection would also keep the page out of the back/forward cache.
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", () => this.#adjust());
    document.addEventListener("visibilitychange", () => this.#adjust());
  }

  add(member: Member): void {
    this.#members.add(member);
    const { wish, lastEventId } = member;
    const isCovered = this.#open !== null && this.#lastId !== null && covers(this.#open.wish, wish);
    if (!isCovered || (lastEventId !== null && Number(lastEventId) < Number(this.#lastId))) {
      this.#joining.add(member);
      // A lost stream that waits for its retry will include the change then.
      if (this.#open !== null || this.#failures === 0) {
        this.#soon(this.#open === null ? 0 : JOIN_MS);
      }
    }
    queueMicrotask(() => {
      if (!this.#members.has(member)) return;
      member.state(this.#state);
      if (isCovered) this.#newest.forEach((frame) => hand(member, frame));
    });
  }

  remove(member: Member): void {
    this.#joining.delete(member);
    if (!this.#members.delete(member)) return;
    if (this.#members.size > 0) {
      if (this.#open !== null) this.#soon(LEAVE_MS);
      return;
    }
    this.#close();
    this.#lastId = null;
    this.#failures = 0;
    this.#newest.clear();
    this.#state = "connecting";
  }

  #soon(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#adjust(), ms);
  }

  /** Opens what is wanted, unless it is open. */
  #adjust(): void {
    const members = [...this.#members].filter(({ pausesHidden }) =>
      !(HAS_PAGE && document.hidden && pausesHidden)
    );
    if (members.length === 0) return this.#close();
    const wish = together(members.map((member) => member.wish));
    const open = this.#open?.wish;
    if (open && this.#joining.size === 0 && covers(open, wish) && covers(wish, open)) return;
    this.#close();
    for (const [key, { candle }] of this.#newest) {
      if (!wants(wish, candle.product_id, candle.granularity)) this.#newest.delete(key);
    }
    const stop = new AbortController();
    this.#open = { wish, stop };
    void this.#run(wish, this.#firstId(members), stop);
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#open?.stop.abort();
    this.#open = null;
  }

  /** The id from which each of these gets all that it lacks; null to begin with the current candles. */
  #firstId(members: readonly Member[]): string | null {
    const ids = members.flatMap((member) =>
      this.#joining.has(member) ? member.lastEventId ?? [] : []
    );
    if (this.#lastId !== null && members.some(({ resumes }) => resumes)) ids.push(this.#lastId);
    return ids.sort((a, b) => Number(a) - Number(b))[0] ?? null;
  }

  async #run(wish: Wish, from: string | null, stop: AbortController): Promise<void> {
    let waitMs = 0;
    try {
      const isCurrentWanted = [...this.#joining].some(({ lastEventId }) => lastEventId === null);
      const resume = from === null
        ? ""
        : `${isCurrentWanted ? "&snapshot=true" : ""}&last_event_id=${from}`;
      const answer = await fetchSoon(`${this.#server}/stream?${queryOf(wish)}${resume}`, stop, {
        headers: { accept: "text/event-stream" },
        cache: "no-store",
        // It never ends, and keeps nothing else of the page waiting.
        priority: "low",
      });
      if (answer.ok && answer.body !== null) {
        this.#lastId = from;
        this.#failures = 0;
        this.#notify("live");
        await this.#read(answer.body, stop.signal);
      } else {
        waitMs = Number(answer.headers.get("retry-after")) * 1000;
        const refusal = await refusalOf(answer);
        if (this.#open?.stop !== stop) return;
        if (refusal !== null) return this.#refuse(refusal);
      }
    } catch {
      // The connection was lost, or the server is not reachable.
    }
    // Closed by others; an answer that did not come in time is a loss.
    if (this.#open?.stop !== stop) return;
    this.#close();
    if (this.#state === "live") this.#notify("reconnecting");
    const backOffMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2 ** this.#failures++);
    this.#soon(Math.max(waitMs, backOffMs * (0.5 + Math.random() / 2)));
  }

  async #read(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const events = new EventReader();
    let heardAtMs = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - heardAtMs > SILENT_MS) void reader.cancel().catch(() => {});
    }, SILENT_MS / 3);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return;
        heardAtMs = Date.now();
        for (const { type, data } of events.read(decoder.decode(value, { stream: true }))) {
          if (type === "candle") this.#take(data);
          else if (type === "reset") {
            const reset: Reset = JSON.parse(data);
            this.#members.forEach((member) => member.reset(reset));
          }
          if (signal.aborted) return;
        }
        this.#retryMs = events.retryMs ?? this.#retryMs;
        if (events.lastId === null) continue;
        this.#lastId = events.lastId;
        this.#joining.forEach((member) => {
          if (covers(this.#open?.wish ?? member.wish, member.wish)) this.#joining.delete(member);
        });
      }
    } finally {
      clearInterval(watch);
    }
  }

  #take(json: string): void {
    const frame: Frame = { candle: JSON.parse(json), json };
    const { product_id, granularity, timestamp } = frame.candle;
    const key = `${product_id}.${granularity}`;
    if (timestamp >= (this.#newest.get(key)?.candle.timestamp ?? 0)) this.#newest.set(key, frame);
    this.#members.forEach((member) => hand(member, frame));
  }

  /** Ends the members that want what the server does not have, and continues with the others. */
  #refuse({ values, detail }: Refusal): void {
    this.#close();
    for (const member of [...this.#members]) {
      const { products, granularities } = member.wish;
      const named = [...products, ...granularities].find((name) => values.has(name.toUpperCase()));
      if (values.size > 0 && named === undefined) continue;
      this.remove(member);
      member.state("refused", values.get(named?.toUpperCase() ?? "") ?? detail);
    }
    this.#soon(0);
  }

  #notify(state: FollowState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#members.forEach((member) => member.state(state));
  }
}

function hand(member: Member, frame: Frame): void {
  const { product_id, granularity, is_complete } = frame.candle;
  const { wish } = member;
  if (wish.closedOnly && !is_complete) return;
  if (wants(wish, product_id, granularity)) member.take(frame);
}
