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
/** Longest names and values of all headers together, in characters: several times what a browser sends. */
export const MAX_HEADERS_LENGTH = 16_384;

/** Requests under way, and those that wait. Each costs one, whatever it asks for. */
const LIMITS: CostLimits = {
  total: 256,
  perAddress: 32,
  waiting: 512,
  waitingPerAddress: 64,
  patienceMs: 10_000,
};
/** Many times what orchestrators, load balancers and monitors ask together, behind one address. */
const PROBES_PER_SECOND = 50;

/** Where orchestrators ask. They wait for nobody. */
const PROBE = /^\/(healthz|readyz|health)\/?$/;
/** Counted by the hub, from their beginning to their end. */
const STREAM = /^\/stream(\/|$)/;

/** What was refused before it reached the application. */
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

/** What the gate is to know of the configuration. */
export interface GateOptions {
  readonly trustProxy: boolean;
  readonly corsOrigins: AllowedOrigins;
  readonly limits?: CostLimits;
  readonly unread?: UnreadLimits;
}

/**
 * Stands before the application and bounds what requests may cost before anything of them is read: their length, how
 * many are under way, how much begins in one turn of the event loop, and how much of their answers waits to be read.
 * Streams are the hub's to count. Needs no closing.
 */
export class RequestGate {
  readonly unread: UnreadBodies;
  /** For whatever computes on after it waited for something that answers several at a time. */
  readonly turns = new Turns();
  /** For what costs little. Of pipelined requests the next one is there already, so thousands would be answered in one go. */
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
      // Of a host that no URL can be made with, the application says so itself.
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

  /** Streams, whose answers have no end or cost little. */
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

  /** `request` is for what may be told to pages of other origins: nothing, where its headers are too long to be read. */
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

/** A URL's path as it was sent. `http://host/path?query`: nothing is parsed that might be refused. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const query = url.indexOf("?", start);
  return url.slice(start, query < 0 ? undefined : query);
}
