import type { Archive } from "../history/archive.ts";
import { encodeCandle, type WireCandle } from "../candles/wire.ts";
import { type Asker, BudgetRefusal, type CostBudget, refusalProblem } from "../http/cost_budget.ts";
import { type Problem, problemResponse } from "../http/problem.ts";
import { type CandlePage, pageCost, readCandlePage } from "./candle_page.ts";
import { lookAtRange, rangeCost, readCandleRange } from "./candle_range.ts";
import {
  type CandleFormat,
  type CandleRequest,
  olderPageLink,
  readCandleRequest,
} from "./candle_request.ts";
import { CANDLE_TEXTS } from "./candle_text.ts";
import { type ProductLookup, unknownProduct } from "./unknown_product.ts";
import { entityResponse, tagOf } from "../http/entity.ts";
import { gzipped } from "../http/gzip.ts";
import type { Downloads } from "./downloads.ts";
import type { FinalPages } from "./final_pages.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** What answering for history takes. */
export interface HistoryServices {
  readonly archive: Archive;
  readonly catalogue: ProductLookup;
  /** What reading may cost, in rows. */
  readonly reads: CostBudget;
}

/** What answering for candles takes. */
export interface CandleServices extends HistoryServices {
  readonly downloads: Downloads;
  readonly finalPages: FinalPages;
  readonly clock?: Clock;
}

/** Lines of one chunk of a stream: some hundred kilobytes. */
const CHUNK_LINES = 500;
const RETRY_AFTER_SECONDS = 5;
/** A client that has taken nothing for so long has gone, or holds what it does not want. */
const UNREAD_MS = 60_000;

/** What is said while the database is away. */
export const HISTORY_AWAY: Problem = {
  status: 503,
  title: "History is not available at the moment",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

const TOO_MANY: Problem = {
  status: 429,
  title: "Too many whole ranges are being downloaded",
  detail: "Ask again when one of yours has ended, or for pages with `limit`.",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

const VARY = { vary: "accept" };

/**
 * Answers `GET /api/candles` and its `HEAD`. What is read costs its asker; whole ranges, which are streams, take a place
 * each.
 */
export async function answerCandles(
  services: CandleServices,
  http: Request,
  nowSeconds: number,
  asker: Asker,
): Promise<Response> {
  const accept = http.headers.get("accept");
  const { request, errors } = readCandleRequest(new URL(http.url), accept);
  if (errors !== null) {
    return problemResponse({ status: 400, title: "The query cannot be used", errors });
  }
  const problem = unknownProduct(services.catalogue, request.productId);
  if (problem !== null) return problemResponse(problem);
  try {
    const asked = { ...services, request, http, nowSeconds, asker };
    const response = request.limit === null
      ? await streamRange(asked)
      : await answerPage(asked, request.limit);
    return request.format === "ndjson" ? gzipped(http, response) : response;
  } catch (error) {
    return unreadResponse(error);
  }
}

/** Answers where history was not read: too much of it is, or the database is away. */
export function unreadResponse(error: unknown): Response {
  return problemResponse(unreadProblem(error));
}

/** Why history was not read. */
export function unreadProblem(error: unknown): Problem {
  return error instanceof BudgetRefusal ? refusalProblem(error) : HISTORY_AWAY;
}

/** A request on its way to its answer. */
interface Asked extends CandleServices {
  readonly request: CandleRequest;
  readonly http: Request;
  readonly nowSeconds: number;
  readonly asker: Asker;
}

async function answerPage(asked: Asked, limit: number): Promise<Response> {
  const { archive, reads, finalPages, request, http, nowSeconds, asker } = asked;
  const { format, end } = request;
  const address = end === null ? null : olderPageLink(request, end);
  const known = address === null ? null : finalPages.answer(http, address);
  if (known !== null) return known;
  // Before it is read: a stream from here on brings whatever closes after the reading, and something twice at worst.
  const position = end === null ? archive.position() : null;
  const cost = pageCost(archive, request, limit, nowSeconds);
  const page = await reads.run(
    asker,
    cost,
    () => readCandlePage(archive, request, limit, nowSeconds),
  );
  const bytes = new TextEncoder().encode(pageText(page, format));
  const headers: Record<string, string> = { ...VARY };
  if (position !== null) headers["last-event-id"] = `${position}`;
  if (page.next !== null) headers.link = `<${page.next}>; rel="next"`;
  const tag = tagOf(bytes);
  if (page.final && address !== null) finalPages.keep(address, { tag, headers });
  return entityResponse(http, {
    contentType: contentType(format),
    tag,
    final: page.final,
    headers,
    body: () => bytes,
  });
}

function pageText({ candles, next }: CandlePage, format: CandleFormat): string {
  if (format === "json") {
    return `{"candles":[${candles.map(encodeCandle).join(",")}],"next":${JSON.stringify(next)}}`;
  }
  const { head, line } = CANDLE_TEXTS[format];
  return head + candles.map(line).join("");
}

function contentType(format: CandleFormat): string {
  return format === "json" ? "application/json" : CANDLE_TEXTS[format].contentType;
}

async function streamRange(asked: Asked): Promise<Response> {
  const { archive, reads, downloads, request, http, nowSeconds, asker, clock } = asked;
  const { format } = request;
  if (format === "json") throw new TypeError("JSON is answered in pages");
  const leave = downloads.enter(asker.address);
  if (leave === null) return problemResponse(TOO_MANY);
  let isRead = false;
  try {
    const cost = rangeCost(archive, request, nowSeconds);
    const { version, final } = await reads.run(
      asker,
      cost,
      () => lookAtRange(archive, request, nowSeconds),
    );
    return entityResponse(http, {
      contentType: contentType(format),
      tag: `${format}.${version}`,
      final,
      headers: VARY,
      body() {
        isRead = true;
        // Downloads are few, and one that has begun must not break off: each read waits for its turn.
        const read = <T>(cost: number, work: () => Promise<T>) =>
          reads.runAdmitted(asker, cost, work);
        const candles = readCandleRange(archive, request, nowSeconds, read);
        return textStream(candles, CANDLE_TEXTS[format], leave, clock);
      },
    });
  } finally {
    if (!isRead) leave();
  }
}

/**
 * Reads on only as the client takes what was read: a stream holds one read and one chunk, until its end, or until
 * nothing of it has been taken for a minute.
 */
function textStream(
  candles: AsyncGenerator<WireCandle>,
  { head, line }: { readonly head: string; readonly line: (candle: WireCandle) => string },
  onEnd: () => void,
  clock: Clock = systemClock,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let text = head;
  let cancelUnread = () => {};
  const end = () => {
    cancelUnread();
    onEnd();
  };
  const giveUp = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    end();
    controller.error(new Error("nothing was read for a minute"));
    void candles.return(undefined);
  };
  return new ReadableStream({
    async pull(controller) {
      cancelUnread();
      try {
        for (let lines = 0; lines < CHUNK_LINES; lines++) {
          const { value, done } = await candles.next();
          if (done) {
            if (text !== "") controller.enqueue(encoder.encode(text));
            end();
            return controller.close();
          }
          text += line(value);
        }
        controller.enqueue(encoder.encode(text));
      } catch (error) {
        end();
        throw error;
      }
      text = "";
      cancelUnread = clock.after(UNREAD_MS, () => giveUp(controller));
    },
    async cancel() {
      end();
      await candles.return(undefined);
    },
  }, { highWaterMark: 1 });
}
