import { type Clock, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";
import { type Problem, problemResponse } from "../http/problem.ts";
import { prefersGzip } from "../http/gzip.ts";
import { type AllowedOrigins, crossOriginHeaders } from "../http/cross_origin.ts";
import type { StreamAnswer, StreamRequest } from "../stream/hub_options.ts";
import { type KnownProducts, parseStreamQuery } from "./stream_query.ts";
import { lastWord } from "../stream/cut_off.ts";
import { finalRetryBlock, RETRY_MS } from "../stream/sse.ts";
import type { StreamRefusal } from "../stream/stream_counts.ts";

/** Opens streams, or refuses them with a reason. */
export interface StreamDoor {
  connect(request: StreamRequest): StreamAnswer | Promise<StreamAnswer>;
}

/** What answers to requests for streams are made with. */
export interface StreamServices {
  /** Opens streams: the hub, or in a web worker what counts them for all workers. */
  readonly streams: StreamDoor;
  readonly catalogue: KnownProducts;
  readonly config: {
    readonly corsOrigins: AllowedOrigins;
    /** Whether streams are compressed for clients that accept it. */
    readonly streamCompression?: boolean;
  };
}

/** No proxy may cache, transform or buffer a stream. */
export const STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
} as const;

/** Whether a client gets a compressed stream. */
export function compresses(config: StreamServices["config"], request: Headers): boolean {
  return config.streamCompression === true && prefersGzip(request.get("accept-encoding"));
}

/** The headers of a stream; `shared` has those for other origins. */
export function streamHeadersOf(
  { streamCompression }: StreamServices["config"],
  gzip: boolean,
  shared: Readonly<Record<string, string>>,
): Headers {
  const headers = new Headers({ ...STREAM_HEADERS, ...shared });
  if (streamCompression === true) headers.append("vary", "accept-encoding");
  if (gzip) headers.set("content-encoding", "gzip");
  return headers;
}

/**
 * Answers `GET /stream`, and `HEAD` without opening one. `address` is the client's. Faults are answered with problem details
 * before any header of a stream is sent.
 */
export async function answerStream(
  services: StreamServices,
  request: Request,
  url: URL,
  address: string,
): Promise<Response> {
  const { streams, catalogue, config } = services;
  const { headers, method } = request;
  const shared = crossOriginHeaders(headers.get("origin"), config.corsOrigins);
  const query = parseStreamQuery(url, catalogue);
  if (query.kind === "problem") return problemResponse(query.problem, shared);
  const gzip = compresses(config, headers);
  const streamHeaders = streamHeadersOf(config, gzip, shared);
  if (method === "HEAD") return new Response(null, { headers: streamHeaders });
  const answer = await streams.connect({
    subscription: query.subscription,
    // A reconnecting EventSource keeps its first URL, so its header is the newer one.
    lastEventId: headers.get("last-event-id") || query.lastEventId,
    snapshot: query.snapshot,
    gzip,
    address,
  });
  if (answer.kind === "refused") return refusalResponse(answer, headers, shared);
  return new Response(answer.body, { headers: streamHeaders });
}

/**
 * For readers of events, waits for the catalogue of a process that has just started, since a browser's `EventSource`
 * gives up on a 503. Others are answered immediately.
 */
export async function untilLoaded(
  catalogue: KnownProducts,
  headers: Headers,
  clock: Clock = systemClock,
): Promise<void> {
  if (catalogue.loaded || !readsEvents(headers)) return;
  for (let waitedMs = 0; waitedMs < CATALOGUE_MS && !catalogue.loaded; waitedMs += LOOK_MS) {
    await pause(LOOK_MS, undefined, clock);
  }
}

const CATALOGUE_MS = 15_000;
const LOOK_MS = 50;

function readsEvents(headers: Headers): boolean {
  return headers.get("accept")?.includes("text/event-stream") ?? false;
}

/**
 * The answer with the reason why there is no stream, and when to retry. While the server shuts down, a reader of events
 * gets a stream that breaks off immediately, so that it resumes at the next process; after a
 * refusal it would never reconnect.
 */
export function refusalResponse(
  { reason, retryAfterSeconds }: Extract<StreamAnswer, { kind: "refused" }>,
  request: Headers,
  shared: Readonly<Record<string, string>>,
): Response {
  if (reason === "closing" && readsEvents(request)) {
    return new Response(lastWord(finalRetryBlock(RETRY_MS)), {
      headers: { ...STREAM_HEADERS, ...shared },
    });
  }
  return problemResponse({ ...REFUSALS[reason], retryAfterSeconds }, shared);
}

const REFUSALS: Readonly<Record<StreamRefusal, Pick<Problem, "status" | "title" | "detail">>> = {
  streams: {
    status: 503,
    title: "Too many streams",
    detail: "All streams of this server are taken.",
  },
  streams_per_address: {
    status: 429,
    title: "Too many streams from one address",
    detail: "Close one, or take several products and granularities in one stream.",
  },
  keys: {
    status: 503,
    title: "Too many keys",
    detail: "All streams together name too many products; products=* takes them all.",
  },
  closing: { status: 503, title: "The server is shutting down" },
};
