import { type Clock, systemClock } from "../time/clock.ts";
import { clientAddress } from "./client_address.ts";
import { BudgetRefusal, type BudgetStats, CostBudget, type CostLimits } from "./cost_budget.ts";
import { type AllowedOrigins, crossOriginHeaders } from "./cross_origin.ts";
import { refusal } from "./refusal.ts";
import { RequestRate } from "./request_rate.ts";
import { Turns } from "./turns.ts";
import { UnreadBodies, type UnreadLimits } from "./unread_bodies.ts";
import type { Handler } from "./valid_request.ts";

/**
 * Longest URL read, in characters: the longest query of a stream (500 products by name) and its path. `Deno.serve`
 * itself answers 400 beyond 64 KiB or 128 headers of a request's head.
 */
export const MAX_URL_LENGTH = 20_000;
/** Longest names and values of all headers together, in characters: several times a browser's. */
export const MAX_HEADERS_LENGTH = 16_384;

/** Limits of running and waiting requests. Each costs one, whatever it requests. */
const LIMITS: CostLimits = {
  total: 256,
  perAddress: 32,
  waiting: 512,
  waitingPerAddress: 64,
  timeoutMs: 10_000,
};
/** Many times the rate of orchestrators, load balancers and monitors behind one address. */
const PROBES_PER_SECOND = 50;

/** Paths of health probes. They never wait. */
const PROBE = /^\/(healthz|readyz|health)\/?$/;
/** Streams, which the hub counts from beginning to end. */
const STREAM = /^\/stream(\/|$)/;

/** Why a request was refused before it reached the application. */
export type GateRefusal =
  | "long_url"
  | "long_headers"
  | "probes"
  | "address"
  | "total";

interface Answer {
  readonly status: number;
  readonly title: string;
  readonly retryAfterSeconds?: number;
}

const ANSWERS: Readonly<Record<GateRefusal, Answer>> = {
  long_url: { status: 414, title: "The URL is too long" },
  long_headers: { status: 431, title: "The headers are too long" },
  probes: { status: 429, title: "Too many probes from one address", retryAfterSeconds: 1 },
  address: {
    status: 429,
    title: "Too many requests of one address are under way",
    retryAfterSeconds: 1,
  },
  total: { status: 503, title: "Too many requests are under way", retryAfterSeconds: 5 },
};

/** The gate's part of the configuration. */
export interface GateOptions {
  readonly trustProxy: boolean;
  readonly corsOrigins: AllowedOrigins;
  readonly limits?: CostLimits;
  readonly unread?: UnreadLimits;
}

/**
 * Bounds the cost of requests before the application reads them: their length, the number of concurrent requests, how
 * much begins in one turn of the event loop, and how many bytes of answers wait to be read. Streams are counted by the
 * hub. Needs no closing.
 */
export class RequestGate {
  readonly unread: UnreadBodies;
  /**
   * For code that continues to compute after waiting for something that serves several callers
   * together.
   */
  readonly turns = new Turns();
  /** For cheap requests. The next pipelined request has already arrived, so thousands would be answered in one turn. */
  readonly #smallTurns = new Turns();
  readonly #requests: CostBudget;
  readonly #probes = new RequestRate(PROBES_PER_SECOND);
  readonly #refused: Record<GateRefusal, number> = {
    long_url: 0,
    long_headers: 0,
    probes: 0,
    address: 0,
    total: 0,
  };

  constructor(private readonly options: GateOptions, private readonly clock: Clock = systemClock) {
    this.#requests = new CostBudget(options.limits ?? LIMITS, clock);
    this.unread = new UnreadBodies(options.unread, clock, () => this.turns.take());
  }

  /** How many requests were refused, by the reason. */
  get refused(): Readonly<Record<GateRefusal, number>> {
    return this.#refused;
  }

  /** How many requests are under way and wait. */
  get work(): BudgetStats {
    return this.#requests.stats;
  }

  /** The application behind the gate. */
  guard(handler: Handler): Handler {
    return (request, info) => {
      const { headers } = request;
      const url = urlOf(request);
      // The application itself refuses an invalid host.
      if (url === null) return this.#small(handler, request, info);
      if (url.length > MAX_URL_LENGTH) return this.#refuse("long_url");
      if (isLong(headers)) return this.#refuse("long_headers");
      const path = pathOf(url);
      if (STREAM.test(path)) return this.#small(handler, request, info);
      const forwardedFor = headers.get("x-forwarded-for");
      const { hostname } = info.remoteAddr;
      const address = clientAddress(hostname, forwardedFor, this.options.trustProxy);
      if (PROBE.test(path)) {
        const wait = this.#probes.take(address, this.clock.now());
        return wait === null ? handler(request, info) : this.#refuse("probes", request);
      }
      return this.#admit(handler, request, info, address);
    };
  }

  /** Answers streams and cheap requests. */
  async #small(
    handler: Handler,
    request: Request,
    info: Parameters<Handler>[1],
  ): Promise<Response> {
    await this.#smallTurns.take();
    return await handler(request, info);
  }

  async #admit(
    handler: Handler,
    request: Request,
    info: Parameters<Handler>[1],
    address: string,
  ): Promise<Response> {
    try {
      const response = await this.#requests.run(
        { address, signal: request.signal },
        1,
        async () => {
          await this.turns.take();
          return await handler(request, info);
        },
      );
      return await this.unread.hold(response, address);
    } catch (error) {
      if (error instanceof BudgetRefusal) return this.#refuse(error.reason, request);
      throw error;
    }
  }

  /** `request` decides which other origins may read the refusal; left out where its headers are too long to be read. */
  async #refuse(reason: GateRefusal, request?: Request): Promise<Response> {
    this.#refused[reason]++;
    await this.#smallTurns.take();
    const origin = request?.headers.get("origin") ?? null;
    const headers = crossOriginHeaders(origin, this.options.corsOrigins);
    return refusal(ANSWERS[reason], { headers });
  }
}

function isLong(headers: Headers): boolean {
  let length = 0;
  for (const [name, value] of headers) length += name.length + value.length;
  return length > MAX_HEADERS_LENGTH;
}

function urlOf(request: Request): string | null {
  try {
    return request.url;
  } catch {
    return null;
  }
}

/** A URL's path as it was sent, without parsing `http://host/path?query`, which might throw. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const query = url.indexOf("?", start);
  return url.slice(start, query < 0 ? undefined : query);
}
