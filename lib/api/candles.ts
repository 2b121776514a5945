import type { Archive } from "../history/archive.ts";
import { encodeCandle, type WireCandle } from "../candles/wire.ts";
import {
  BudgetRefusal,
  type CostBudget,
  refusalProblem,
  type Requester,
} from "../http/cost_budget.ts";
import { type Problem, problemResponse } from "../http/problem.ts";
import { type CandlePage, pageCost, readCandlePage } from "./candle_page.ts";
import { lookAtRange, rangeCost, readCandleRange } from "./candle_range.ts";
import { type CandleRequest, olderPageLink, readCandleRequest } from "./candle_request.ts";
import { CONTENT_TYPES, contentDisposition, downloadChunks } from "./candle_download.ts";
import { type ProductLookup, unknownProduct } from "./unknown_product.ts";
import { entityResponse, tagOf } from "../http/entity.ts";
import { gzipped } from "../http/gzip.ts";
import type { DownloadPlaces } from "./downloads.ts";
import type { FinalPages } from "./final_pages.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { nextTurn } from "../time/next_turn.ts";

/** What answers about history are made with. */
export interface HistoryServices {
  readonly archive: Archive;
  readonly catalogue: ProductLookup;
  /** What reading may cost, in rows. */
  readonly reads: CostBudget;
}

/** What answers about candles are made with. */
export interface CandleServices extends HistoryServices {
  readonly downloads: DownloadPlaces;
  readonly finalPages: FinalPages;
  readonly clock?: Clock;
}

const RETRY_AFTER_SECONDS = 5;
/** A client that has read nothing for this long is cut off. */
const UNREAD_MS = 60_000;

/** Candles of a page that are written in one turn of the event loop. */
const PIECE_CANDLES = 200;

/** The problem while the database is down. */
export const HISTORY_AWAY: Problem = {
  status: 503,
  title: "History is not available at the moment",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

const TOO_MANY: Problem = {
  status: 429,
  title: "Too many whole ranges are being downloaded",
  detail: "Retry when one of your downloads has ended, or request pages with `limit`.",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

const VARY = { vary: "accept" };

/**
 * Answers `GET /api/candles` and its `HEAD`. Reading is charged to the requester; each whole range, which is a stream,
 * takes a download's place.
 */
export async function answerCandles(
  services: CandleServices,
  http: Request,
  nowSeconds: number,
  requester: Requester,
): Promise<Response> {
  const accept = http.headers.get("accept");
  const { request, errors } = readCandleRequest(new URL(http.url), accept);
  if (errors !== null) {
    return problemResponse({ status: 400, title: "The query cannot be used", errors });
  }
  const problem = unknownProduct(services.catalogue, request.productId);
  if (problem !== null) return problemResponse(problem);
  try {
    const received = { ...services, request, http, nowSeconds, requester };
    const response = request.limit === null
      ? await streamRange(received)
      : await answerPage(received, request.limit);
    return request.format === "ndjson" ? gzipped(http, response) : response;
  } catch (error) {
    return unreadResponse(error);
  }
}

/** Answers where history was not read: too much of it is, or the database is down. */
export function unreadResponse(error: unknown): Response {
  return problemResponse(unreadProblem(error));
}

/** Why history was not read. */
export function unreadProblem(error: unknown): Problem {
  return error instanceof BudgetRefusal ? refusalProblem(error) : HISTORY_AWAY;
}

/** A request that is being answered. */
interface Received extends CandleServices {
  readonly request: CandleRequest;
  readonly http: Request;
  readonly nowSeconds: number;
  readonly requester: Requester;
}

async function answerPage(received: Received, limit: number): Promise<Response> {
  const { archive, reads, finalPages, request, http, nowSeconds, requester } = received;
  const { format, end } = request;
  const address = end === null ? null : olderPageLink(request, end);
  const known = address === null ? null : finalPages.answer(http, address);
  if (known !== null) return known;
  // Taken before the read: a stream from here on has all that closes later, and at worst repeats a
  // candle.
  const position = end === null ? archive.position() : null;
  const cost = pageCost(archive, request, limit, nowSeconds);
  const page = await reads.run(
    requester,
    cost,
    () => readCandlePage(archive, request, limit, nowSeconds),
  );
  const bytes = await pageBytes(page, request);
  const headers = headersOf(request);
  if (position !== null) headers["last-event-id"] = `${position}`;
  if (page.next !== null) headers.link = `<${page.next}>; rel="next"`;
  const tag = tagOf(bytes);
  if (page.final && address !== null) finalPages.keep(address, { tag, headers });
  return entityResponse(http, {
    contentType: CONTENT_TYPES[format],
    tag,
    final: page.final,
    headers,
    body: () => bytes,
  });
}

async function pageBytes(
  { candles, next }: CandlePage,
  request: CandleRequest,
): Promise<Uint8Array<ArrayBuffer>> {
  if (request.format === "json") {
    const list = candles.map(encodeCandle).join(",");
    return new TextEncoder().encode(`{"candles":[${list}],"next":${JSON.stringify(next)}}`);
  }
  const chunks = await Array.fromAsync(downloadChunks(request, inPieces(candles)));
  return await new Blob(chunks).bytes();
}

async function* inPieces(candles: readonly WireCandle[]): AsyncGenerator<readonly WireCandle[]> {
  for (let at = 0; at < candles.length; at += PIECE_CANDLES) {
    yield candles.slice(at, at + PIECE_CANDLES);
    await nextTurn();
  }
}

function headersOf(request: CandleRequest): Record<string, string> {
  if (request.format === "json") return { ...VARY };
  return { ...VARY, "content-disposition": contentDisposition(request) };
}

async function streamRange(received: Received): Promise<Response> {
  const { archive, reads, downloads, request, http, nowSeconds, requester, clock } = received;
  const { format, isoTimes } = request;
  const leave = await downloads.enter(requester.address);
  if (leave === null) return problemResponse(TOO_MANY);
  let isRead = false;
  try {
    const cost = rangeCost(archive, request, nowSeconds);
    const { version, final } = await reads.run(
      requester,
      cost,
      () => lookAtRange(archive, request, nowSeconds),
    );
    return entityResponse(http, {
      contentType: CONTENT_TYPES[format],
      tag: `${format}${isoTimes ? "-iso" : ""}.${version}`,
      final,
      headers: headersOf(request),
      body() {
        isRead = true;
        // A download that has begun must not break off, so its reads wait for their turn; downloads are few.
        const read = <T>(cost: number, work: () => Promise<T>) =>
          reads.runAdmitted(requester, cost, work);
        const pieces = readCandleRange(archive, request, nowSeconds, read);
        return byteStream(downloadChunks(request, pieces), leave, clock);
      },
    });
  } finally {
    if (!isRead) leave();
  }
}

/**
 * Reads only as fast as the client: a stream holds one read and one chunk, until its end, or until nothing was taken
 * for a minute.
 */
function byteStream(
  chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>,
  onEnd: () => void,
  clock: Clock = systemClock,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let cancelUnread = () => {};
  const end = () => {
    cancelUnread();
    onEnd();
  };
  const giveUp = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    end();
    controller.error(new Error("nothing was read for a minute"));
    void chunks.return(undefined);
  };
  return new ReadableStream({
    async pull(controller) {
      cancelUnread();
      try {
        const { value, done } = await chunks.next();
        if (done) {
          end();
          return controller.close();
        }
        controller.enqueue(value);
      } catch (error) {
        end();
        throw error;
      }
      cancelUnread = clock.after(UNREAD_MS, () => giveUp(controller));
    },
    async cancel() {
      end();
      await chunks.return(undefined);
    },
  }, { highWaterMark: 1 });
}
