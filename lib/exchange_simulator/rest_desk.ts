import type { Exchange } from "./exchange.ts";
import type { FaultSettings } from "./fault_settings.ts";
import type { Random } from "./random.ts";
import { RateLimit } from "./rate_limit.ts";
import { answerRest, type RestAnswer } from "./rest.ts";
import { TradeListing } from "./trade_listing.ts";
import type { SimulatorStats } from "./simulator_stats.ts";

const PREFIX = "/api/v3/brokerage";
const MAX_CACHED = 1000;
const JSON_HEADERS = { "content-type": "application/json" };

/** REST faults by name, in the order in which chance tries them. */
export const REST_FAULTS = [
  "rest429",
  "rest500",
  "rest403",
  "restHtml",
  "restHang",
  "restTruncated",
  "restSlow",
] as const;
export type RestFault = typeof REST_FAULTS[number];

export interface RestDeskOptions {
  readonly seed: number;
  readonly limits: boolean;
  /** The clock that they are counted by. */
  readonly limitMs: () => number;
  readonly restCacheMs: number;
  readonly onAnswer: (path: string, text: string) => void;
}

interface Cached extends RestAnswer {
  readonly untilMicros: number;
}

/** Wraps the REST answers with the rate limit, the one-second cache, and the faults. */
export class RestDesk {
  readonly trades = new TradeListing();
  readonly #exchange: Exchange;
  readonly #settings: FaultSettings;
  readonly #random: Random;
  readonly #stats: SimulatorStats;
  readonly #options: RestDeskOptions;
  readonly #limit = new RateLimit(10);
  readonly #cache = new Map<string, Cached>();
  readonly #ordered: RestFault[] = [];
  #until: { readonly fault: RestFault; readonly micros: number } | null = null;
  readonly #closing = new AbortController();

  constructor(
    exchange: Exchange,
    settings: FaultSettings,
    random: Random,
    stats: SimulatorStats,
    options: RestDeskOptions,
  ) {
    this.#exchange = exchange;
    this.#settings = settings;
    this.#random = random;
    this.#stats = stats;
    this.#options = options;
  }

  /** The next `count` requests meet this fault. */
  order(fault: RestFault, count: number): void {
    for (let i = 0; i < count; i++) this.#ordered.push(fault);
  }

  /** All requests meet this fault until then, epoch microseconds. */
  orderUntil(fault: RestFault, micros: number): void {
    this.#until = { fault, micros };
  }

  /** Answers all held requests together. */
  close(): void {
    this.#closing.abort();
  }

  async answer(request: Request, url: URL, nowMicros: number): Promise<Response> {
    // A request between two batches includes everything traded by now.
    this.#exchange.advanceTo(nowMicros);
    this.#stats.restRequest(performance.now());
    const response = await this.#answer(request, url, nowMicros);
    this.#stats.rest(response.status);
    // The exchange's own time, which a sped-up or wrong clock moves away from this machine's.
    response.headers.set("date", new Date(nowMicros / 1000).toUTCString());
    return response;
  }

  async #answer(request: Request, url: URL, nowMicros: number): Promise<Response> {
    if (this.#options.limits && !this.#limit.allows(this.#options.limitMs())) return tooMany();
    const fault = this.#nextFault(nowMicros);
    if (fault) this.#stats.fault(fault);
    if (fault === "rest429") return tooMany();
    if (fault === "rest500") return json(500, `{"error":"INTERNAL","message":"internal error"}`);
    if (fault === "rest403") {
      return new Response("<html><body><h1>403 Forbidden</h1></body></html>", {
        status: 403,
        headers: { "content-type": "text/html" },
      });
    }
    if (fault === "restHtml") {
      return new Response("<html><body><h1>502 Bad Gateway</h1></body></html>", {
        status: 502,
        headers: { "content-type": "text/html" },
      });
    }
    const { restHangMs, restSlowMs } = this.#settings.rates;
    const { signal } = this.#closing;
    if (fault === "restHang") await pause(restHangMs, signal);
    if (fault === "restSlow") await pause(restSlowMs, signal);
    const { status, body } = this.#cached(request, url, nowMicros);
    this.#options.onAnswer(url.pathname.slice(PREFIX.length) + url.search, body);
    return json(status, fault === "restTruncated" ? body.slice(0, body.length / 2) : body);
  }

  #nextFault(nowMicros: number): RestFault | null {
    if (this.#until && nowMicros < this.#until.micros) return this.#until.fault;
    const ordered = this.#ordered.shift();
    if (ordered) return ordered;
    const { rates } = this.#settings;
    return REST_FAULTS.find((fault) => this.#random.chance(rates[fault])) ?? null;
  }

  #cached(request: Request, url: URL, nowMicros: number): RestAnswer {
    if (request.method !== "GET") return { status: 405, body: `{"error":"METHOD_NOT_ALLOWED"}` };
    if (!url.pathname.startsWith(PREFIX)) return { status: 404, body: `{"error":"NOT_FOUND"}` };
    const fresh = request.headers.get("cache-control")?.includes("no-cache") ?? false;
    const key = url.pathname + url.search;
    const known = this.#cache.get(key);
    if (known && !fresh && nowMicros < known.untilMicros) return known;
    const path = url.pathname.slice(PREFIX.length);
    const { seed, restCacheMs } = this.#options;
    const answer = answerRest(
      this.#exchange,
      seed,
      path,
      url.searchParams,
      nowMicros,
      this.trades,
    );
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
    this.#cache.set(key, { ...answer, untilMicros: nowMicros + restCacheMs * 1000 });
    return answer;
  }
}

function json(status: number, body: string): Response {
  return new Response(body, { status, headers: JSON_HEADERS });
}

function tooMany(): Response {
  return new Response(`{"error":"RESOURCE_EXHAUSTED","message":"too many requests"}`, {
    status: 429,
    headers: { ...JSON_HEADERS, "retry-after": "1" },
  });
}

/** Waits, but not beyond the signal: a closing simulator must not be kept alive by it. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
